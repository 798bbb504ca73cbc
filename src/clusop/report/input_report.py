"""What became of one input: its assessment, or why there is none. What the renderers are given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from clusop.analysis.assessment import ApplicationAssessment, QueryAssessment
    from clusop.reasons import Reason

__all__ = ["InputReport"]


@dataclass(frozen=True, slots=True)
class InputReport:
    """One input. ``path`` is what the person wrote (or the log found below it); ``kind`` a
    :class:`clusop.analysis.observed.Source` value, ``""`` where it could not be told.

    An event log has an ``application``, every other kind one ``query``, a refused input neither. ``errors`` are refusals
    (the command line exits with 2), ``remarks`` damage that left an answer.
    """

    path: str
    kind: str = ""
    application: ApplicationAssessment | None = None
    query: QueryAssessment | None = None
    errors: tuple[Reason, ...] = ()
    remarks: tuple[Reason, ...] = ()

    @property
    def queries(self) -> tuple[QueryAssessment, ...]:
        """All queries of this input, as they came."""
        if self.application is not None:
            return self.application.queries
        return () if self.query is None else (self.query,)

"""A decision about one engine as a line: everything its row tells but its id."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from clusop.service.store.tables.decisions import engine_decisions
from clusop.service.views.problem_line import mapping_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from clusop.service.views.sums import DatabaseRow

__all__ = ["DECISION_COLUMNS", "DecisionLine", "decision_line"]

DECISION_COLUMNS = tuple(column for column in engine_decisions.c if column.name != "id")


@dataclass(frozen=True, slots=True)
class DecisionLine:
    """A decision about one engine: ``disable`` or ``keep``, with reasons as ids or as ``{"reason", "sentence"}``. ``saving``
    is a figure of the wire, or ``{"unpriced": …}``, or empty.
    """

    workspace: str
    compute: str
    decided_at_ms: int
    from_at_ms: int
    to_at_ms: int
    action: str
    reasons: tuple[object, ...]
    saving: Mapping[str, Any]  # Any: JSON
    facts: Mapping[str, Any]  # Any: JSON


def decision_line(row: DatabaseRow) -> DecisionLine:
    """The line in a row of :data:`DECISION_COLUMNS`."""
    return DecisionLine(
        workspace=row["workspace"],
        compute=row["compute"],
        decided_at_ms=row["decided_at_ms"],
        from_at_ms=row["from_at_ms"],
        to_at_ms=row["to_at_ms"],
        action=row["action"],
        reasons=_reasons(row["reasons"]),
        saving=mapping_of(row["saving"]),
        facts=mapping_of(row["facts"]),
    )


def _reasons(text: str) -> tuple[object, ...]:
    try:
        value = json.loads(text)
    except ValueError:
        return ()
    return tuple(value) if isinstance(value, list) else ()

"""A decision not to send: which problem was not told on which channel, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from clusop.service.views.sums import DatabaseRow

__all__ = ["WithheldLine", "withheld_line"]


@dataclass(frozen=True, slots=True)
class WithheldLine:
    """``reason`` is an id of the catalogue. ``count`` says how often it was decided so from ``first_at_ms`` on."""

    problem_id: int
    channel: str
    reason: str
    detail: str
    first_at_ms: int
    last_at_ms: int
    count: int
    is_current: bool


def withheld_line(row: DatabaseRow) -> WithheldLine:
    """The line in a row of ``withheld``."""
    return WithheldLine(
        problem_id=row["problem_id"],
        channel=row["channel"],
        reason=row["reason"],
        detail=row["detail"],
        first_at_ms=row["first_at_ms"],
        last_at_ms=row["last_at_ms"],
        count=row["count"],
        is_current=bool(row["is_current"]),
    )

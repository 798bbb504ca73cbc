"""Runs of the resolver: what it found of the bill, how far that goes, and how the newest bill was shared out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from clusop.service.store.tables.money import bill_hours, reconciliations
from clusop.service.views.problem_line import mapping_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

    from clusop.service.views.days import Window

__all__ = ["GapLine", "ReconciliationLine", "Reconciliations", "reconciliation_lines"]

_MOST = 50


@dataclass(frozen=True, slots=True)
class ReconciliationLine:
    """One run. ``tier`` is what the probe found: modeled, billed-at-list or billed-negotiated."""

    id: int
    started_at_ms: int
    ended_at_ms: int | None
    from_at_ms: int
    to_at_ms: int
    tier: str
    outcome: str
    sentence: str
    counts: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class GapLine:
    """Hours of the bill that found no price, by reason."""

    reason: str
    hours: int


@dataclass(frozen=True, slots=True)
class Reconciliations:
    """The newest 50 runs, newest first, and the hours of the window without a price."""

    lines: tuple[ReconciliationLine, ...]
    gaps: tuple[GapLine, ...]


def reconciliation_lines(connection: Connection, window: Window) -> Reconciliations:
    """Runs and gaps."""
    column = reconciliations.c
    asked = (
        select(
            column.id,
            column.started_at_ms,
            column.ended_at_ms,
            column.from_at_ms,
            column.to_at_ms,
            column.tier,
            column.outcome,
            column.sentence,
            column.counts,
        )
        .order_by(column.started_at_ms.desc())
        .limit(_MOST)
    )
    hours = bill_hours.c
    gaps = (
        select(hours.unpriced_reason, func.count())
        .where(hours.is_current, hours.microusd.is_(None), hours.hour_at_ms >= window.from_at_ms)
        .group_by(hours.unpriced_reason)
    )
    return Reconciliations(
        lines=tuple(ReconciliationLine(*row[:8], mapping_of(row[8])) for row in connection.execute(asked)),
        gaps=tuple(GapLine(str(reason), int(many)) for reason, many in connection.execute(gaps)),
    )

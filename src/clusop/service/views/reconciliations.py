"""Runs of the resolver: what it found of the bill, how far that goes, and how the newest bill was shared out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sqlalchemy import case, func, select

from clusop.service.store.tables.money import bill_hours, reconciliations
from clusop.service.views.problem_line import mapping_of
from clusop.service.views.reading_sentence import reading_sentence
from clusop.service.views.visible import within

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

    from clusop.service.views.days import Window

__all__ = ["ReconciliationLine", "Reconciliations", "counts_by_run", "reconciliation_lines"]

_MOST = 50
_MODELED = "modeled"


@dataclass(frozen=True, slots=True)
class ReconciliationLine:
    """One run. ``tier`` is what the probe found: modeled, billed-at-list or billed-negotiated. ``counts`` are of all that the
    reader may see, and so is what ``sentence`` tells of them; it tells why the tier is no better, or why the run failed, too.
    """

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
class Reconciliations:
    """The newest 50 runs, newest first. ``was_read``: whether there was a run that
    could read a bill with prices, though it may have found nothing for this reader, or have failed after that.
    """

    lines: tuple[ReconciliationLine, ...]
    was_read: bool


def reconciliation_lines(
    connection: Connection,
    mine: Mapping[int, Mapping[str, object]] | None = None,
) -> Reconciliations:
    """The runs. A run reads the bill of the whole account: who may see one workspace sees those runs that wrote hours of
    it, ``mine`` (:func:`counts_by_run`), with the counts of these hours.
    """
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
    if mine is not None:
        asked = asked.where(column.id.in_(sorted(mine)[-_MOST:]))
    return Reconciliations(
        lines=tuple(
            _told(
                ReconciliationLine(*row[:8], mapping_of(row[8]) if mine is None else mine[row[0]]),
                is_of_one=mine is not None,
            )
            for row in connection.execute(asked)
        ),
        # Whatever its probe could not read leaves a run at modeled: it never came to the bill.
        was_read=connection.execute(select(column.id).where(column.tier != _MODELED).limit(1)).first() is not None,
    )


def _told(line: ReconciliationLine, *, is_of_one: bool) -> ReconciliationLine:
    """A reading that came to its end tells what it found; another only why it did not."""
    if line.outcome != "done" or line.tier == _MODELED:
        return line
    return replace(line, sentence=reading_sentence(line.counts, line.sentence, is_of_one=is_of_one))


def counts_by_run(connection: Connection, window: Window, workspace: str) -> dict[int, dict[str, object]]:
    """What each run wrote of one workspace's hours in the window, by the run's id: those that were new, and those that a
    correction replaced. Reads all these hours: to be kept (:mod:`.kept`).
    """
    hours = bill_hours.c
    asked = (
        select(hours.reconciliation_id, func.count(), func.sum(case((hours.version == 1, 1), else_=0)))
        .where(hours.hour_at_ms >= window.from_at_ms, *within(hours.workspace, workspace))
        .group_by(hours.reconciliation_id)
    )
    return {
        int(run_id): {"hours": int(many), "new": int(new), "corrected": int(many) - int(new)}
        for run_id, many, new in connection.execute(asked)
    }

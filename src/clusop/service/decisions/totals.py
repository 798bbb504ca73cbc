"""What could be saved over all compute definitions: one proposal of each, never more than it cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import case, func, select

from clusop.analysis.cluster import Uptime
from clusop.analysis.economics import Alternatives, total_of
from clusop.analysis.economics.exact_text import range_text
from clusop.analysis.economics.formulas import figure_of
from clusop.pricing.price import Unpriced
from clusop.reasons import Reason
from clusop.service.decisions.deciding import decisions_of, window_of
from clusop.service.store.tables.problems import problem_days, problems
from clusop.units import MS_PER_HOUR, Range

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Column, ColumnElement, Connection

    from clusop.analysis.economics import PriceSource, Savings
    from clusop.analysis.figure import Figure
    from clusop.service.decisions.decision import Decision

__all__ = ["alternatives", "fixes_in", "saving_totals"]

_DAY_MS = 24 * MS_PER_HOUR
_MICRO = 1_000_000
_MOST_MICROUSD = 10**13
"""Ten million dollars of one problem in one day: an absurd record must not overflow a sum."""
_SUMS = ("avoidable_low_microusd", "avoidable_high_microusd", "capacity_low_microusd", "capacity_high_microusd")


def saving_totals(connection: Connection, prices: PriceSource, now_ms: int, window_days: int = 30) -> Savings:
    """Totals over the window (:func:`clusop.analysis.economics.total_of`): cash, capacity, and what may be either."""
    span = window_of(now_ms, window_days)
    fixes = fixes_in(connection, span.from_at_ms)
    return total_of(alternatives(decisions_of(connection, prices, span), fixes))


def fixes_in(connection: Connection, from_at_ms: int) -> dict[tuple[str, str], list[Figure]]:
    """What repairing each problem would save, by workspace and compute definition. Problems of none are left out."""
    rows = connection.execute(
        select(problems.c.workspace, problems.c.compute, *(_sum(problem_days.c[name]) for name in _SUMS))
        .join(problem_days, problem_days.c.problem_id == problems.c.id)
        .where(problems.c.compute != "", problem_days.c.day >= from_at_ms // _DAY_MS)
        .group_by(problems.c.id, problems.c.workspace, problems.c.compute)
        .order_by(problems.c.id)
    )
    found: dict[tuple[str, str], list[Figure]] = {}
    for workspace, compute, cash_low, cash_high, capacity_low, capacity_high in rows:
        # A problem has one of both; which, its compute definition's uptime says.
        usd = Range.of(int(cash_low) + int(capacity_low), int(cash_high) + int(capacity_high))
        if usd.high:
            exact = Range(usd.low / _MICRO, usd.high / _MICRO)
            found.setdefault((workspace, compute), []).append(figure_of("sum-1", {"part_1": range_text(exact)}))
    return found


def _sum(column: Column[int]) -> ColumnElement[int]:
    return func.sum(case((column > _MOST_MICROUSD, _MOST_MICROUSD), else_=column))


def alternatives(decisions: Iterable[Decision], fixes: dict[tuple[str, str], list[Figure]]) -> list[Alternatives]:
    """What could be done about each compute definition. One without a decision has fixes only, and no bill to cap them by."""
    rest = dict(fixes)
    found = [
        Alternatives(
            compute_id=f"{decision.compute.workspace}/{decision.compute.name}",
            uptime=decision.uptime,
            bill=decision.bill,
            attributed=decision.attributed,
            fixes=tuple(rest.pop((decision.compute.workspace, decision.compute.name), ())),
            engine=decision.proposal,
        )
        for decision in decisions
    ]
    gap = Unpriced(Reason("no-timeline"))
    found += [
        Alternatives(f"{workspace}/{compute}", Uptime.UNKNOWN, gap, gap, fixes=tuple(figures))
        for (workspace, compute), figures in rest.items()
    ]
    return found

"""What could be saved over all compute definitions: one proposal of each, never more than it cost."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from clusop.analysis.assessment import Action, Proposal
from clusop.analysis.cluster import Uptime
from clusop.analysis.economics import Alternatives, recompute, total_of
from clusop.analysis.economics.exact_text import range_text
from clusop.analysis.economics.formulas import figure_of
from clusop.analysis.figure import ModeledFigure
from clusop.errors import InputError
from clusop.pricing.price import Unpriced
from clusop.reasons import Reason
from clusop.service.store.bounded_sum import bounded_sum
from clusop.service.store.tables.decisions import engine_decisions
from clusop.service.store.tables.problems import problem_days, problems
from clusop.units import MS_PER_HOUR, Range

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from clusop.analysis.economics import Savings
    from clusop.analysis.figure import Figure

__all__ = ["Repairs", "fixes_in", "saving_totals"]

_DAY_MS = 24 * MS_PER_HOUR
_LATELY_MS = 2 * _DAY_MS
"""A decision is made anew every day, as long as the compute definition is heard of: an older one is about none that runs."""
_MICRO = 1_000_000
_SUMS = ("avoidable_low_microusd", "avoidable_high_microusd", "capacity_low_microusd", "capacity_high_microusd")
_NO_FIGURE = Unpriced(Reason("no-timeline"))


def saving_totals(connection: Connection, now_ms: int, from_day: int, workspace: str = "*") -> Savings:
    """Totals since ``from_day`` (:func:`clusop.analysis.economics.total_of`): cash, capacity, and what may be either.

    Of each compute definition the better of repairing its problems and of what was decided about its engine at last. One
    without a decision has repairs only, and no bill to cap them by.
    """
    fixes = fixes_in(connection, from_day, workspace)
    found = _decided(connection, now_ms - _LATELY_MS, workspace, fixes)
    for (place, compute), repairs in fixes.items():
        found += [
            Alternatives(f"{place}/{compute}", uptime, _NO_FIGURE, _NO_FIGURE, fixes=figures)
            for uptime, figures in ((Uptime.ELASTIC, repairs.cash), (Uptime.FIXED, repairs.capacity))
            if figures
        ]
    totals = total_of(found)
    # Of one whose repairs are of both kinds both count: they are of different problems.
    return replace(totals, chosen=tuple(dict.fromkeys(totals.chosen)))


@dataclass(frozen=True, slots=True)
class Repairs:
    """What repairing problems would save, a figure each, by what their own days say it is."""

    cash: tuple[Figure, ...] = ()
    capacity: tuple[Figure, ...] = ()

    @property
    def uptime(self) -> Uptime:
        """Why the compute they ran on is up, as far as they say so."""
        if self.cash and self.capacity:
            return Uptime.UNKNOWN
        return Uptime.FIXED if self.capacity else Uptime.ELASTIC


def fixes_in(connection: Connection, from_day: int, workspace: str = "*") -> dict[tuple[str, str], Repairs]:
    """What repairing each problem would save, by workspace and compute definition. Problems of none are left out, and those that
    somebody called resolved: what they cost is saved already.
    """
    conditions = [problems.c.compute != "", problems.c.state != "resolved", problem_days.c.day >= from_day]
    if workspace != "*":
        conditions.append(problems.c.workspace == workspace)
    rows = connection.execute(
        select(problems.c.workspace, problems.c.compute, *(bounded_sum(problem_days.c[name]) for name in _SUMS))
        .join(problem_days, problem_days.c.problem_id == problems.c.id)
        .where(*conditions)
        .group_by(problems.c.id, problems.c.workspace, problems.c.compute)
        .order_by(problems.c.id)
    )
    found: dict[tuple[str, str], Repairs] = {}
    for place, compute, *sums in rows:
        cash_low, cash_high, capacity_low, capacity_high = map(int, sums)
        before = found.get((place, compute), Repairs())
        cash, capacity = _figures(cash_low, cash_high), _figures(capacity_low, capacity_high)
        if cash or capacity:
            found[place, compute] = Repairs((*before.cash, *cash), (*before.capacity, *capacity))
    return found


def _figures(low: int, high: int) -> tuple[Figure, ...]:
    """The figure of a sum in micro-USD; none of nothing."""
    if not high:
        return ()
    exact = Range.of(low, high)
    return (figure_of("sum-1", {"part_1": range_text(Range(exact.low / _MICRO, exact.high / _MICRO))}),)


def _decided(
    connection: Connection, since_ms: int, workspace: str, fixes: dict[tuple[str, str], Repairs]
) -> list[Alternatives]:
    """The newest decision about each compute definition, with its repairs, which are taken out of ``fixes``."""
    column = engine_decisions.c
    conditions = [column.decided_at_ms >= since_ms]
    if workspace != "*":
        conditions.append(column.workspace == workspace)
    # Ids count up with time; the newest decision of a compute definition has its greatest.
    newest = select(func.max(column.id)).where(*conditions).group_by(column.workspace, column.compute)
    rows = connection.execute(select(engine_decisions).where(column.id.in_(newest)).order_by(column.id)).mappings()
    return [_alternatives(row, fixes.pop((row["workspace"], row["compute"]), Repairs())) for row in rows]


def _alternatives(row: Any, repairs: Repairs) -> Alternatives:  # Any: SQLAlchemy's row
    facts, saving = json.loads(row["facts"]), json.loads(row["saving"])
    told = str(facts.get("uptime", ""))
    uptime = Uptime(told) if told in {uptime.value for uptime in Uptime} else Uptime.UNKNOWN
    bill = _figure(facts.get("bill"))
    # Decisions of a clusop before this one tell no attributed dollars; the bill is never less.
    attributed = _figure(facts.get("attributed")) if "attributed" in facts else bill
    return Alternatives(
        compute_id=f"{row['workspace']}/{row['compute']}",
        # The decision's word is of all its hours; without one there is that of the problems.
        uptime=repairs.uptime if uptime is Uptime.UNKNOWN else uptime,
        bill=bill,
        attributed=attributed,
        fixes=(*repairs.cash, *repairs.capacity),
        engine=Proposal(Action(row["action"]), "", _figure(saving) if saving else None, ()),
    )


def _figure(told: object) -> ModeledFigure | Unpriced:
    """A stored figure, recomputed exactly: what is stored is rounded."""
    if not isinstance(told, dict) or "formula" not in told:
        return _NO_FIGURE
    inputs = {str(name): str(value) for name, value in dict(told.get("inputs", {})).items()}
    ids = tuple(str(one) for one in told.get("price_ids", ()))
    try:
        return ModeledFigure(recompute(told), str(told["formula"]), inputs, ids)
    except InputError:
        return _NO_FIGURE

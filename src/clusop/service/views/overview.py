"""The overview: what was burned by day, team and workspace, what the dollars rest on, and how many problems there are."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import case, func, select

from clusop.service.store.tables.money import bill_hours, bill_shares
from clusop.service.store.tables.problems import problem_days, problems
from clusop.service.views.sums import NO_SUMS, Sums, added, day_sums, sums_of
from clusop.service.views.visible import ALL_WORKSPACES, within

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy import Connection

    from clusop.service.views.days import Window

__all__ = ["BillLine", "BillShare", "DaySums", "Overview", "ShareLine", "overview"]


@dataclass(frozen=True, slots=True)
class DaySums:
    """The sums of one day."""

    day: int
    sums: Sums


@dataclass(frozen=True, slots=True)
class ShareLine:
    """The sums of one team or workspace over the window. ``name`` is ``""`` for what belongs to none."""

    name: str
    sums: Sums
    problem_count: int


@dataclass(frozen=True, slots=True)
class BillLine:
    """The customer's bill of the window by what its dollars rest on: ``basis`` is ``""`` for hours without a price."""

    basis: str
    currency: str
    microusd: int
    hours: int
    provisional_hours: int
    unpriced_hours: int


@dataclass(frozen=True, slots=True)
class BillShare:
    """One class of the bill: attributed, attributed-other, non-sql-and-failed, unobserved, unused."""

    kind: str
    currency: str
    microusd: int


@dataclass(frozen=True, slots=True)
class Overview:
    """Sums over a window; every day of it stands in ``days``. ``states`` counts problems; ``new_count`` began in the window.
    ``is_upper_bound``: some of the time off the engine may be less.
    """

    window: Window
    total: Sums
    is_upper_bound: bool
    days: tuple[DaySums, ...]
    teams: tuple[ShareLine, ...]
    workspaces: tuple[ShareLine, ...]
    bill: tuple[BillLine, ...]
    bill_shares: tuple[BillShare, ...]
    states: Mapping[str, int]
    new_count: int
    active_count: int
    unpriced_problem_count: int


def overview(
    connection: Connection, window: Window, recent: Mapping[int, Sums], workspace: str = ALL_WORKSPACES
) -> Overview:
    """The overview of ``window``, whose sums by problem are ``recent``. Reads every day in it: to be kept (:mod:`.kept`)."""
    belongs = {
        row.id: (row.workspace, row.team, row.is_upper_bound)
        for row in connection.execute(
            select(problems.c.id, problems.c.workspace, problems.c.team, problems.c.is_upper_bound).where(
                *within(problems.c.workspace, workspace)
            )
        )
    }
    by_problem = {key: sums for key, sums in recent.items() if key in belongs}
    by_day = _by_day(connection, window, workspace)
    states, new_count = _states(connection, window, workspace)
    return Overview(
        window=window,
        total=added(by_day.values()),
        is_upper_bound=any(belongs[key][2] for key, sums in by_problem.items() if sums.island_ms),
        days=tuple(DaySums(day, by_day.get(day, NO_SUMS)) for day in range(window.from_day, window.to_day + 1)),
        teams=_shares(by_problem, lambda key: belongs[key][1]),
        workspaces=_shares(by_problem, lambda key: belongs[key][0]),
        bill=_bill(connection, window, workspace),
        bill_shares=_bill_shares(connection, window, workspace),
        states=states,
        new_count=new_count,
        active_count=len(by_problem),
        unpriced_problem_count=sum(not sums.has_dollars for sums in by_problem.values()),
    )


def _by_day(connection: Connection, window: Window, workspace: str) -> dict[int, Sums]:
    asked = (
        select(problem_days.c.day, *day_sums(problem_days))
        .where(problem_days.c.day.between(window.from_day, window.to_day))
        .group_by(problem_days.c.day)
    )
    if workspace != ALL_WORKSPACES:
        asked = asked.join_from(problem_days, problems).where(*within(problems.c.workspace, workspace))
    return {row["day"]: sums_of(row) for row in connection.execute(asked).mappings()}


def _shares(by_problem: Mapping[int, Sums], name_of: Callable[[int], str]) -> tuple[ShareLine, ...]:
    parts: dict[str, list[Sums]] = defaultdict(list)
    for key, one in by_problem.items():
        parts[name_of(key)].append(one)
    lines = (ShareLine(name, added(listed), len(listed)) for name, listed in parts.items())
    return tuple(sorted(lines, key=lambda line: (-line.sums.exposure_twice_mid, -line.sums.run_ms, line.name)))


def _states(connection: Connection, window: Window, workspace: str) -> tuple[dict[str, int], int]:
    mine = within(problems.c.workspace, workspace)
    counted = select(problems.c.state, func.count()).where(*mine).group_by(problems.c.state)
    states = {str(state): int(many) for state, many in connection.execute(counted)}
    began = select(func.count()).where(problems.c.first_seen_at_ms >= window.from_at_ms, *mine)
    return states, int(connection.execute(began).scalar_one())


def _bill(connection: Connection, window: Window, workspace: str) -> tuple[BillLine, ...]:
    hours = bill_hours.c
    asked = (
        select(
            hours.basis,
            hours.currency,
            func.coalesce(func.sum(hours.microusd), 0),
            func.count(),
            func.sum(case((hours.is_provisional, 1), else_=0)),
            func.sum(case((hours.microusd.is_(None), 1), else_=0)),
        )
        .where(hours.is_current, hours.hour_at_ms >= window.from_at_ms, *within(hours.workspace, workspace))
        .group_by(hours.basis, hours.currency)
        .order_by(hours.basis, hours.currency)
    )
    return tuple(BillLine(row[0], row[1], *(int(value or 0) for value in row[2:])) for row in connection.execute(asked))


def _bill_shares(connection: Connection, window: Window, workspace: str) -> tuple[BillShare, ...]:
    asked = (
        select(bill_shares.c.kind, bill_hours.c.currency, func.coalesce(func.sum(bill_shares.c.microusd), 0))
        .join_from(bill_shares, bill_hours)
        .where(
            bill_hours.c.is_current,
            bill_hours.c.hour_at_ms >= window.from_at_ms,
            *within(bill_hours.c.workspace, workspace),
        )
        .group_by(bill_shares.c.kind, bill_hours.c.currency)
    )
    lines = [BillShare(str(kind), str(currency), int(many)) for kind, currency, many in connection.execute(asked)]
    return tuple(sorted(lines, key=lambda line: (line.currency, -line.microusd)))

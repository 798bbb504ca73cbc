"""The overview, of the whole fleet or of a part: what was burned by day, team and workspace, what the dollars rest on, and how
many problems there are.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from clusop.service.store.tables.problems import problem_days, problems
from clusop.service.views.bill import BillLine, bill_lines, bill_read_at_ms
from clusop.service.views.problem_line import TO_LOOK_AT
from clusop.service.views.sums import NO_SUMS, Sums, added, day_sums, sums_of
from clusop.service.views.visible import ALL_WORKSPACES, within

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy import ColumnElement, Connection

    from clusop.service.views.days import Window

__all__ = ["DaySums", "Overview", "Part", "ShareLine", "overview"]


@dataclass(frozen=True, slots=True)
class Part:
    """What is looked at of that which the caller may see (``visible``): a ``workspace``, ``""`` for any; a ``team``, ``None`` for
    any and ``""`` for what belongs to none.
    """

    visible: str = ALL_WORKSPACES
    workspace: str = ""
    team: str | None = None

    @property
    def is_whole(self) -> bool:
        """Whether all is looked at that may be seen."""
        return not self.workspace and self.team is None

    @property
    def place(self) -> str | None:
        """The workspace whose bill and agents are looked at; ``None`` where there is none to be seen."""
        if not self.workspace:
            return self.visible
        return self.workspace if self.visible in {ALL_WORKSPACES, self.workspace} else None

    @property
    def conditions(self) -> tuple[ColumnElement[bool], ...]:
        """What holds of its problems."""
        column = problems.c
        return (
            *within(column.workspace, self.visible),
            *([column.workspace == self.workspace] if self.workspace else ()),
            *([] if self.team is None else [column.team == self.team]),
        )


_WHOLE = Part()


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
class Overview:
    """Sums over a window; every day of it stands in ``days``. ``states`` counts problems. ``new_count`` of those that nobody
    answered began in the window, ``unpriced_count`` have no dollars in it. ``is_upper_bound``: some of the time off the engine
    may be less. ``bill`` is empty for a team: no bill tells whose an hour is.
    """

    window: Window
    part: Part
    total: Sums
    is_upper_bound: bool
    days: tuple[DaySums, ...]
    teams: tuple[ShareLine, ...]
    workspaces: tuple[ShareLine, ...]
    bill: tuple[BillLine, ...]
    bill_read_at_ms: int | None
    states: Mapping[str, int]
    new_count: int
    active_count: int
    unpriced_count: int


def overview(connection: Connection, window: Window, recent: Mapping[int, Sums], part: Part = _WHOLE) -> Overview:
    """The overview of ``window``, whose sums by problem are ``recent``. Reads every day in it: to be kept (:mod:`.kept`)."""
    column = problems.c
    belongs = {
        row.id: row
        for row in connection.execute(
            select(column.id, column.workspace, column.team, column.is_upper_bound, column.state).where(
                *part.conditions
            )
        )
    }
    by_problem = {key: sums for key, sums in recent.items() if key in belongs}
    by_day = _by_day(connection, window, part)
    states, new_count = _states(connection, window, part)
    place = part.place if part.team is None else None
    return Overview(
        window=window,
        part=part,
        total=added(by_day.values()),
        is_upper_bound=any(belongs[key].is_upper_bound for key, sums in by_problem.items() if sums.island_ms),
        days=tuple(DaySums(day, by_day.get(day, NO_SUMS)) for day in range(window.from_day, window.to_day + 1)),
        teams=_shares(by_problem, lambda key: belongs[key].team),
        workspaces=_shares(by_problem, lambda key: belongs[key].workspace),
        bill=() if place is None else bill_lines(connection, window, place),
        bill_read_at_ms=bill_read_at_ms(connection),
        states=states,
        new_count=new_count,
        active_count=len(by_problem),
        unpriced_count=sum(
            not sums.has_dollars for key, sums in by_problem.items() if belongs[key].state in TO_LOOK_AT
        ),
    )


def _by_day(connection: Connection, window: Window, part: Part) -> dict[int, Sums]:
    asked = (
        select(problem_days.c.day, *day_sums(problem_days))
        .where(problem_days.c.day.between(window.from_day, window.to_day))
        .group_by(problem_days.c.day)
    )
    if conditions := part.conditions:
        asked = asked.join_from(problem_days, problems).where(*conditions)
    return {row["day"]: sums_of(row) for row in connection.execute(asked).mappings()}


def _shares(by_problem: Mapping[int, Sums], name_of: Callable[[int], str]) -> tuple[ShareLine, ...]:
    parts: dict[str, list[Sums]] = defaultdict(list)
    for key, one in by_problem.items():
        parts[name_of(key)].append(one)
    lines = (ShareLine(name, added(listed), len(listed)) for name, listed in parts.items())
    return tuple(sorted(lines, key=lambda line: (-line.sums.exposure_twice_mid, -line.sums.run_ms, line.name)))


def _states(connection: Connection, window: Window, part: Part) -> tuple[dict[str, int], int]:
    column, mine = problems.c, part.conditions
    counted = select(column.state, func.count()).where(*mine).group_by(column.state)
    states = {str(state): int(many) for state, many in connection.execute(counted)}
    began = select(func.count()).where(
        column.first_seen_at_ms >= window.from_at_ms, column.state.in_(TO_LOOK_AT), *mine
    )
    return states, int(connection.execute(began).scalar_one())

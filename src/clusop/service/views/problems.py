"""The list of problems: filtered and searched in SQL, ranked by what they burned lately, a page at a time."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, or_, select

from clusop.service.problems.seen_names import has_cause, names_of
from clusop.service.store.tables.problems import problem_days, problems
from clusop.service.views.problem_line import LINE_COLUMNS, LIVE, STATES, TO_LOOK_AT, ProblemLine, problem_line
from clusop.service.views.search_words import search_words
from clusop.service.views.sums import NO_SUMS, Sums, day_exposure, day_sums, sums_of
from clusop.service.views.visible import ALL_WORKSPACES, within

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy import ColumnElement, Connection

    from clusop.service.views.days import Window

__all__ = [
    "PAGE_SIZE",
    "SORTS",
    "Choices",
    "ProblemPage",
    "ProblemsAsked",
    "RankedProblem",
    "choices",
    "lines_of",
    "problem_page",
    "recent_sums",
]

PAGE_SIZE = 50
SORTS = ("avoidable", "exposure", "time", "runs", "last-seen", "first-seen")
"""What the list can be sorted by, the greatest first."""
_MOST_CHOICES = 200
_ESCAPE = "\\"
_MOST_CHARS = 200


@dataclass(frozen=True, slots=True)
class ProblemsAsked:
    """Which problems. ``state`` is one of :data:`~.problem_line.STATES`, ``live``, ``to-look-at`` or ``all``; ``""`` asks
    for any. ``after`` is the ``next_after`` of the page before, ``visible`` the workspace the caller may see; ``among`` are the
    ids of the only problems that count, ``None``: all.
    """

    state: str = "live"
    workspace: str = ""
    team: str | None = None
    cause: str = ""
    engine: str = ""
    action: str = ""
    compute: str = ""
    workload: str = ""
    search: str = ""
    sort: str = "avoidable"
    after: str = ""
    visible: str = ALL_WORKSPACES
    among: frozenset[int] | None = None


@dataclass(frozen=True, slots=True)
class RankedProblem:
    """A problem with its sums of the window, and its exposure by day of it (twice the middle, micro-USD)."""

    line: ProblemLine
    recent: Sums
    by_day: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class ProblemPage:
    """A page of the list. ``total`` counts all that match; ``before`` those on pages before; ``next_after`` is ``""`` at the
    end.
    """

    problems: tuple[RankedProblem, ...]
    total: int
    before: int
    next_after: str


@dataclass(frozen=True, slots=True)
class Choices:
    """What there is to filter by."""

    workspaces: tuple[str, ...]
    teams: tuple[str, ...]
    causes: tuple[str, ...]
    engines: tuple[str, ...]


def recent_sums(connection: Connection, window: Window) -> dict[int, Sums]:
    """The sums of the window by problem. Reads every day of every problem in it: to be kept (:mod:`.kept`)."""
    asked = (
        select(problem_days.c.problem_id, *day_sums(problem_days))
        .where(problem_days.c.day >= window.from_day)
        .group_by(problem_days.c.problem_id)
    )
    return {row["problem_id"]: sums_of(row) for row in connection.execute(asked).mappings()}


def choices(connection: Connection, workspace: str = ALL_WORKSPACES) -> Choices:
    """The names that occur, the first 200 of each kind, but for those nobody can read."""
    mine = within(problems.c.workspace, workspace)
    found = [
        tuple(
            str(value)
            for value in connection.execute(
                select(column)
                .distinct()
                .where(func.length(column) <= _MOST_CHARS, *mine)
                .order_by(column)
                .limit(_MOST_CHOICES)
            ).scalars()
        )
        for column in (problems.c.workspace, problems.c.team, problems.c.cause, problems.c.engine)
    ]
    workspaces, teams, causes, engines = found
    told = connection.execute(select(problems.c.causes).distinct().where(*mine).limit(_MOST_CHOICES)).scalars()
    every_cause = {*causes, *(name for names in told for name in names_of(names))}
    return Choices(workspaces, teams, tuple(sorted(every_cause)), engines)


def problem_page(
    connection: Connection, asked: ProblemsAsked, recent: Mapping[int, Sums], window: Window
) -> ProblemPage:
    """A page of problems. ``recent`` are the :func:`recent_sums` of ``window``."""
    found = connection.execute(
        select(problems.c.id, problems.c.first_seen_at_ms, problems.c.last_seen_at_ms).where(*_conditions(asked))
    )
    rank = _rank(asked.sort, recent)
    # Ids are compared here: a database takes only so many in one question.
    among = asked.among
    ranked = sorted(
        ((rank((key, first, last)), key) for key, first, last in found if among is None or key in among), reverse=True
    )
    start = _start(ranked, asked.after)
    chosen = ranked[start : start + PAGE_SIZE]
    more = start + PAGE_SIZE < len(ranked)
    lines = lines_of(connection, [key for _, key in chosen])
    by_day = _by_day(connection, list(lines), window)
    return ProblemPage(
        problems=tuple(
            RankedProblem(lines[key], recent.get(key, NO_SUMS), by_day[key]) for _, key in chosen if key in lines
        ),
        total=len(ranked),
        before=start,
        next_after=f"{chosen[-1][0]}.{chosen[-1][1]}" if more and chosen else "",
    )


def _conditions(asked: ProblemsAsked) -> list[ColumnElement[bool]]:
    column = problems.c
    conditions = within(column.workspace, asked.visible)
    if asked.state == "live":
        conditions.append(column.state.in_(LIVE))
    elif asked.state == "to-look-at":
        conditions.append(column.state.in_(TO_LOOK_AT))
    elif asked.state in STATES:
        conditions.append(column.state == asked.state)
    chosen = ((name, getattr(asked, name)) for name in ("workspace", "engine", "action", "compute", "workload"))
    conditions += [column[name] == value for name, value in chosen if value]
    if asked.cause:
        conditions.append(has_cause(asked.cause))
    if asked.team is not None:
        conditions.append(column.team == asked.team)
    for word in search_words(asked.search):
        pattern = f"%{_escaped(word)}%"
        conditions.append(
            or_(
                column.signature.startswith(word.lower(), autoescape=True),
                *(
                    searched.ilike(pattern, escape=_ESCAPE)
                    for searched in (
                        column.workload,
                        column.task_key,
                        column.cause,
                        column.causes,
                        column.operators,
                        column.family,
                        column.cluster,
                        column.compute,
                        column.workspace,
                        column.owner,
                        column.team,
                        column.tags,
                    )
                ),
            )
        )
    return conditions


def _escaped(word: str) -> str:
    for special in (_ESCAPE, "%", "_"):
        word = word.replace(special, _ESCAPE + special)
    return word


def _rank(sort: str, recent: Mapping[int, Sums]) -> Callable[[tuple[int, int, int]], int]:
    if sort == "first-seen":
        return lambda row: row[1]
    if sort == "last-seen":
        return lambda row: row[2]
    name = {"exposure": "exposure_twice_mid", "time": "island_ms", "runs": "run_count"}.get(sort, "avoidable_twice_mid")
    return lambda row: int(getattr(recent.get(row[0], NO_SUMS), name))


def _start(ranked: list[tuple[int, int]], after: str) -> int:
    """How many stand before the page that begins behind ``after`` (``rank.id``): the place in the ranking, not a count."""
    rank, dot, key = after.partition(".")
    if not dot or not _is_number(rank) or not _is_number(key):
        return 0
    place = (int(rank), int(key))
    low, high = 0, len(ranked)
    while low < high:
        middle = (low + high) // 2
        if ranked[middle] >= place:
            low = middle + 1
        else:
            high = middle
    return low


def _is_number(text: str) -> bool:
    digits = text.removeprefix("-")
    return digits.isascii() and digits.isdecimal() and len(digits) <= len(str(2**63))


def lines_of(connection: Connection, keys: list[int]) -> dict[int, ProblemLine]:
    """The problems with these ids, by id."""
    if not keys:
        return {}
    rows = connection.execute(select(*LINE_COLUMNS).where(problems.c.id.in_(keys))).mappings()
    return {row["id"]: problem_line(row) for row in rows}


def _by_day(connection: Connection, keys: list[int], window: Window) -> dict[int, dict[int, int]]:
    found: dict[int, dict[int, int]] = defaultdict(dict)
    if not keys:
        return found
    days = problem_days.c
    asked = select(
        days.problem_id,
        days.day,
        day_exposure(problem_days, "low") + day_exposure(problem_days, "high"),
        days.run_ms,
    ).where(days.problem_id.in_(keys), days.day.between(window.from_day, window.to_day))
    for key, day, money, run_ms in connection.execute(asked):
        # Where nothing is priced the trend is one of task time.
        found[key][day] = money or run_ms
    return found

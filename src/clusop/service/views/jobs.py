"""Workloads with a problem that is not resolved: a saved job, a notebook or an application each, and what they burned lately."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from clusop.service.store.tables.problems import problems
from clusop.service.views.problem_line import LIVE
from clusop.service.views.search_words import search_words
from clusop.service.views.sums import NO_SUMS, Sums
from clusop.service.views.visible import ALL_WORKSPACES, within
from clusop.service.views.work_sums import WorkPart, WorkSums, work_sums

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import Connection

    from clusop.service.views.sums import DatabaseRow

__all__ = [
    "SEEN_COLUMNS",
    "JobLine",
    "JobsAsked",
    "SeenProblem",
    "chosen_jobs",
    "job_line",
    "job_lines",
    "seen_problem",
]

SEEN_COLUMNS = tuple(
    problems.c[name]
    for name in (
        "id", "task_key", "state", "compute", "engine", "team", "owner", "is_upper_bound", "first_seen_at_ms",
        "last_seen_at_ms",
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SeenProblem:
    """As much of a problem as its workload is told by."""

    id: int
    task_key: str
    state: str
    compute: str
    engine: str
    team: str
    owner: str
    is_upper_bound: bool
    first_seen_at_ms: int
    last_seen_at_ms: int

    @property
    def is_live(self) -> bool:
        """Whether nobody called it solved."""
        return self.state in LIVE


@dataclass(frozen=True, slots=True)
class JobLine:
    """A workload: how many of its problems are not resolved, in how many tasks, and what these burned lately. ``teams`` and
    ``owners`` are those of its problems that have one; ``engine`` is the one all of them left, ``""`` where there are several.
    """

    workspace: str
    workload: str
    task_count: int
    problem_count: int
    recent: WorkSums
    teams: tuple[str, ...]
    owners: tuple[str, ...]
    last_seen_at_ms: int
    engine: str = ""


@dataclass(frozen=True, slots=True)
class JobsAsked:
    """Which workloads; ``None`` asks for any, a ``team`` of ``""`` for those of none."""

    workspace: str | None = None
    team: str | None = None
    search: str = ""


def seen_problem(row: DatabaseRow) -> SeenProblem:
    """The problem in a row of :data:`SEEN_COLUMNS`."""
    return SeenProblem(
        id=row["id"],
        task_key=row["task_key"],
        state=row["state"],
        compute=row["compute"],
        engine=row["engine"],
        team=row["team"],
        owner=row["owner"],
        is_upper_bound=bool(row["is_upper_bound"]),
        first_seen_at_ms=row["first_seen_at_ms"],
        last_seen_at_ms=row["last_seen_at_ms"],
    )


def job_lines(
    connection: Connection, recent: Mapping[int, Sums], workspace: str = ALL_WORKSPACES
) -> tuple[JobLine, ...]:
    """Every workload with a live problem, by premium, then by time off the engine. Reads every live problem: to be kept
    (:mod:`.kept`).
    """
    asked = select(*SEEN_COLUMNS, problems.c.workspace, problems.c.workload).where(
        problems.c.state.in_(LIVE), problems.c.workload != "", *within(problems.c.workspace, workspace)
    )
    found: dict[tuple[str, str], list[SeenProblem]] = defaultdict(list)
    for row in connection.execute(asked).mappings():
        found[row["workspace"], row["workload"]].append(seen_problem(row))
    return tuple(sorted((job_line(*key, seen, recent) for key, seen in found.items()), key=_rank))


def job_line(workspace: str, workload: str, seen: Sequence[SeenProblem], recent: Mapping[int, Sums]) -> JobLine:
    """The line of a workload whose problems these are. What is resolved says whose it is only where nothing else does."""
    live = [one for one in seen if one.is_live]
    told = live or seen
    return JobLine(
        workspace=workspace,
        workload=workload,
        task_count=len({one.task_key for one in live}),
        problem_count=len(live),
        recent=work_sums(WorkPart(one.task_key, recent.get(one.id, NO_SUMS), one.is_upper_bound) for one in live),
        teams=_names(one.team for one in told),
        owners=_names(one.owner for one in told),
        last_seen_at_ms=max((one.last_seen_at_ms for one in told), default=0),
        engine=told[0].engine if len({one.engine for one in told}) == 1 else "",
    )


def chosen_jobs(lines: Iterable[JobLine], asked: JobsAsked) -> tuple[JobLine, ...]:
    """Those that are asked for, in their order. Every word searched for occurs in the workload, its teams or its owners."""
    words = [word.casefold() for word in search_words(asked.search)]
    return tuple(line for line in lines if _is_asked(line, asked) and _has(line, words))


def _is_asked(line: JobLine, asked: JobsAsked) -> bool:
    if asked.workspace is not None and line.workspace != asked.workspace:
        return False
    return asked.team is None or (asked.team in line.teams if asked.team else not line.teams)


def _has(line: JobLine, words: Iterable[str]) -> bool:
    texts = [text.casefold() for text in (line.workload, *line.teams, *line.owners)]
    return all(any(word in text for text in texts) for word in words)


def _names(told: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({name for name in told if name}))


def _rank(line: JobLine) -> tuple[int, int, str, str]:
    sums = line.recent.sums
    return -sums.exposure_twice_mid, -sums.island_ms, line.workspace, line.workload

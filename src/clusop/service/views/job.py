"""One workload: its tasks, its problems, and the compute definitions they ran on with what was decided about their engine."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from clusop.service.decisions.newest import newest_since
from clusop.service.store.tables.decisions import engine_decisions
from clusop.service.store.tables.problems import problems
from clusop.service.views.decision_line import DECISION_COLUMNS, DecisionLine, decision_line
from clusop.service.views.jobs import SEEN_COLUMNS, JobLine, SeenProblem, job_line, seen_problem
from clusop.service.views.problems import lines_of
from clusop.service.views.sums import NO_SUMS, Sums
from clusop.service.views.work_sums import WorkPart, WorkSums, work_sums

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection

    from clusop.service.views.problem_line import ProblemLine

__all__ = ["JobCompute", "JobProblem", "JobView", "TaskLine", "one_job"]

_TASKS, _PROBLEMS, _COMPUTES = 200, 100, 20


@dataclass(frozen=True, slots=True)
class TaskLine:
    """A task: its problems that are not resolved, those that are, and what the former burned lately."""

    task_key: str
    problem_count: int
    resolved_count: int
    recent: WorkSums
    last_seen_at_ms: int


@dataclass(frozen=True, slots=True)
class JobProblem:
    """A problem of the workload with its sums of the window."""

    line: ProblemLine
    recent: Sums


@dataclass(frozen=True, slots=True)
class JobCompute:
    """A compute definition that problems of the workload were last seen on, and the newest decision about its engine."""

    compute: str
    problem_count: int
    decision: DecisionLine | None


@dataclass(frozen=True, slots=True)
class JobView:
    """One workload. ``tasks``, ``problems`` and ``computes`` may be cut; the counts beside them tell of how many. Resolved
    problems stand last.
    """

    line: JobLine
    first_seen_at_ms: int
    tasks: tuple[TaskLine, ...]
    task_total: int
    problems: tuple[JobProblem, ...]
    problem_total: int
    computes: tuple[JobCompute, ...]
    compute_total: int


def one_job(connection: Connection, workspace: str, workload: str, recent: Mapping[int, Sums]) -> JobView | None:
    """One workload, ``None`` where no problem names it."""
    asked = select(*SEEN_COLUMNS).where(problems.c.workspace == workspace, problems.c.workload == workload)
    seen = [seen_problem(row) for row in connection.execute(asked).mappings()]
    if not workload or not seen:
        return None
    seen.sort(key=lambda one: _rank(one, recent.get(one.id, NO_SUMS)))
    tasks = _tasks(seen, recent)
    shown = [one.id for one in seen[:_PROBLEMS]]
    lines = lines_of(connection, shown)
    on = Counter(one.compute for one in seen if one.compute)
    return JobView(
        line=job_line(workspace, workload, seen, recent),
        first_seen_at_ms=min(one.first_seen_at_ms for one in seen),
        tasks=tasks[:_TASKS],
        task_total=len(tasks),
        problems=tuple(JobProblem(lines[key], recent.get(key, NO_SUMS)) for key in shown if key in lines),
        problem_total=len(seen),
        computes=_computes(connection, workspace, on),
        compute_total=len(on),
    )


def _rank(one: SeenProblem, sums: Sums) -> tuple[bool, int, int, int]:
    return not one.is_live, -sums.exposure_twice_mid, -sums.island_ms, one.id


def _tasks(seen: Sequence[SeenProblem], recent: Mapping[int, Sums]) -> tuple[TaskLine, ...]:
    by_task: dict[str, list[SeenProblem]] = defaultdict(list)
    for one in seen:
        by_task[one.task_key].append(one)
    lines = []
    for task_key, told in by_task.items():
        live = [one for one in told if one.is_live]
        sums = work_sums(WorkPart(task_key, recent.get(one.id, NO_SUMS), one.is_upper_bound) for one in live)
        last_ms = max(one.last_seen_at_ms for one in told)
        lines.append(TaskLine(task_key, len(live), len(told) - len(live), sums, last_ms))
    lines.sort(
        key=lambda line: (
            not line.problem_count,
            -line.recent.sums.exposure_twice_mid,
            -line.recent.sums.island_ms,
            line.task_key,
        )
    )
    return tuple(lines)


def _computes(connection: Connection, workspace: str, on: Counter[str]) -> tuple[JobCompute, ...]:
    """The compute definitions of most problems, each with its newest decision, however long ago that was."""
    chosen = sorted(on, key=lambda name: (-on[name], name))[:_COMPUTES]
    column = engine_decisions.c
    asked = select(*DECISION_COLUMNS).where(column.workspace == workspace, column.compute.in_(chosen), *newest_since(0))
    decided = {row["compute"]: decision_line(row) for row in connection.execute(asked).mappings()}
    return tuple(JobCompute(name, on[name], decided.get(name)) for name in chosen)

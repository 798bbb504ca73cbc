"""Sums of several problems of one workload, whose runs may be the same ones."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from clusop.service.views.sums import Sums, added

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["WorkPart", "WorkSums", "work_sums"]


@dataclass(frozen=True, slots=True)
class WorkPart:
    """One problem's share in a workload. ``is_upper_bound``: its time off the engine may be less."""

    task_key: str
    sums: Sums
    is_upper_bound: bool


@dataclass(frozen=True, slots=True)
class WorkSums:
    """What the problems of a workload add up to. Time off the engine and dollars are of each problem's own part of a query: they
    add up. Runs and task time do not: a query with two problems is told by both, and nothing says which runs two problems share.
    So those of ``sums`` are the most there may be, and ``least_runs`` and ``least_run_ms`` the least.
    """

    sums: Sums
    least_runs: int
    least_run_ms: int
    is_upper_bound: bool


def work_sums(parts: Iterable[WorkPart]) -> WorkSums:
    """The sums over problems of one workload."""
    listed = tuple(parts)
    by_task: dict[str, list[Sums]] = defaultdict(list)
    for part in listed:
        by_task[part.task_key].append(part.sums)
    return WorkSums(
        sums=added(part.sums for part in listed),
        # A run is of one task, and of each task there are as many as of its problem that was seen most.
        least_runs=sum(max(one.run_count for one in task) for task in by_task.values()),
        # No two problems count the same time off the engine: a task took no less than all of that.
        least_run_ms=sum(
            min(
                max(*(one.run_ms for one in task), sum(one.island_ms for one in task)),
                sum(one.run_ms for one in task),
            )
            for task in by_task.values()
        ),
        is_upper_bound=any(part.is_upper_bound and part.sums.island_ms for part in listed),
    )

"""Stage sums: one attempt of one stage while the log is read, and the :class:`StageRun` it ends as."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from types import MappingProxyType
from typing import TYPE_CHECKING

from clusop.analysis.observed import StageRun
from clusop.eventlog.timeline import share_by_epoch, share_evenly
from clusop.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Sequence

    from clusop.analysis.cluster import Epoch
    from clusop.eventlog.task_end import TaskEnd

__all__ = ["StageSums", "StageTotals"]


@dataclass(frozen=True, slots=True)
class StageTotals:
    """What StageCompleted says: the sums over all tasks whose updates the driver took, failed and killed ones included.
    ``run_ms`` is ``None`` where the log leaves the internal accumulables out (``spark.eventLog.includeTaskMetricsAccumulators``).
    """

    run_ms: int | None
    native_ns: int | None
    accumulators: dict[int, int]
    has_failed: bool


@dataclass(slots=True)
class _Tasks:
    """Sums over some tasks of a stage."""

    count: int = 0
    run_ms: int = 0
    native_ns: int = 0
    counted_run_ms: int = 0
    brought_native: bool = False

    def add(self, task: TaskEnd) -> None:
        self.count += 1
        self.run_ms += task.run_ms
        self.counted_run_ms += task.counted_run_ms
        if task.native_ns is not None:
            self.native_ns += task.native_ns
            self.brought_native = True


@dataclass(slots=True)
class StageSums:
    """Sums of one attempt. Tasks that end after StageCompleted (zombies of an earlier attempt, late losers) are kept apart:
    its sums do not hold them.
    """

    stage_id: int
    attempt: int
    task_total: int | None = None
    submitted_at_ms: int | None = None
    completed_at_ms: int | None = None
    totals: StageTotals | None = None
    good: _Tasks = field(default_factory=_Tasks)
    late_good: _Tasks = field(default_factory=_Tasks)
    lost: _Tasks = field(default_factory=_Tasks)
    late_lost: _Tasks = field(default_factory=_Tasks)
    failed_count: int = 0
    killed_count: int = 0
    speculative_count: int = 0
    spread_ms: dict[int, int] = field(default_factory=dict)

    def add(self, task: TaskEnd) -> None:
        """Take in one ended task."""
        is_late = self.totals is not None
        if task.is_success:
            (self.late_good if is_late else self.good).add(task)
        else:
            (self.late_lost if is_late else self.lost).add(task)
            if task.is_killed:
                self.killed_count += 1
            else:
                self.failed_count += 1
        self.speculative_count += task.is_speculative

    def run(self, epochs: Sequence[Epoch]) -> StageRun:
        """The attempt as analysis sees it.

        Run time is StageCompleted's sum less what lost tasks put into it, plus good tasks that ended too late for it; without
        StageCompleted, or where it has no such sum, it is the sum over the good tasks seen. Native time likewise.
        """
        totals = self.totals
        lost_ms = self.lost.run_ms + self.late_lost.run_ms
        run_ms, all_seen = self._run_ms()
        native_ns = self._native_ns(all_seen=all_seen)
        remarks: list[Reason] = []
        if totals is None:
            remarks.append(Reason("stage-without-end"))
        if self.failed_count or self.killed_count or self.late_good.count:
            remarks.append(Reason("failed-tasks", self._lost_detail()))
        total_ms = Fraction(run_ms + lost_ms)
        by_epoch = share_by_epoch(self.spread_ms, total_ms, epochs)
        if not by_epoch and total_ms:
            by_epoch = share_evenly(self.submitted_at_ms, self.completed_at_ms, total_ms, epochs)
            remarks.append(Reason("tasks-not-seen"))
        return StageRun(
            stage_id=self.stage_id,
            attempt=self.attempt,
            run_ms=Fraction(run_ms),
            native_ns=native_ns,
            lost_run_ms=Fraction(lost_ms),
            task_count=self._task_count(),
            failed_task_count=self.failed_count,
            killed_task_count=self.killed_count,
            speculative_task_count=self.speculative_count,
            succeeded=totals is not None and not totals.has_failed,
            accumulators=MappingProxyType(totals.accumulators if totals is not None else {}),
            run_by_epoch_ms=by_epoch,
            submitted_at_ms=self.submitted_at_ms,
            completed_at_ms=self.completed_at_ms,
            remarks=tuple(remarks),
        )

    def _run_ms(self) -> tuple[int, bool]:
        """Run time of the good tasks, and whether all of them were seen one by one."""
        if self.totals is None or self.totals.run_ms is None:
            return self.good.run_ms + self.late_good.run_ms, True
        of_good_ms = max(self.totals.run_ms - self.lost.counted_run_ms, 0)
        return of_good_ms + self.late_good.run_ms, of_good_ms == self.good.run_ms

    def _native_ns(self, *, all_seen: bool) -> int | None:
        """Native time of the good tasks, ``None`` where none of them brought any."""
        brought = self.good.brought_native or self.late_good.brought_native
        if self.totals is None or (all_seen and self.good.count and (brought or self.lost.count)):
            return self.good.native_ns + self.late_good.native_ns if brought else None
        if self.totals.native_ns is None:
            return None
        return max(self.totals.native_ns - self.lost.native_ns, 0) + self.late_good.native_ns

    def _task_count(self) -> int:
        ended = self.good.count + self.late_good.count + self.lost.count + self.late_lost.count
        return ended or (self.task_total or 0 if self.totals is not None else 0)

    def _lost_detail(self) -> str:
        parts = (
            (self.failed_count, "failed"),
            (self.killed_count, "killed"),
            (self.late_good.count, "ended after their stage"),
        )
        return ": " + ", ".join(f"{count} {what}" for count, what in parts if count)

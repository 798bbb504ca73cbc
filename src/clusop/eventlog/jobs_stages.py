"""Jobs and stages: which stage belongs to which execution, and what each of its attempts cost."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from clusop.eventlog.events import read_integer
from clusop.eventlog.stage_sums import StageSums, StageTotals
from clusop.eventlog.task_end import NATIVE_TIME, RUN_TIME

if TYPE_CHECKING:
    from collections.abc import Sequence

    from clusop.analysis.cluster import Epoch
    from clusop.analysis.observed import StageRun
    from clusop.eventlog.events import Event
    from clusop.eventlog.task_end import TaskEnd
    from clusop.eventlog.timeline import Timeline

__all__ = ["EXECUTION_ID", "AssignedStage", "JobsAndStages", "execution_id_of"]

EXECUTION_ID = "spark.sql.execution.id"
_INTERNAL = "internal."
_ENDED_KEPT = 64


@dataclass(frozen=True, slots=True)
class AssignedStage:
    """One attempt of a stage, the execution it belongs to (``None``: no SQL), and whether no job claimed it."""

    run: StageRun
    execution_id: int | None
    is_orphan: bool


@dataclass(slots=True)
class _Attempt:
    sums: StageSums
    execution_id: int | None = None


def execution_id_of(properties: object) -> int | None:
    """The SQL execution a job's or stage's properties name."""
    return read_integer(properties.get(EXECUTION_ID)) if isinstance(properties, dict) else None


class JobsAndStages:
    """Collects jobs, stages and ended tasks. Holds counters per attempt; nothing per task.

    A stage's SQL accumulators carry the driver's running value, which several stages of an execution may raise (the sampling job
    of a range shuffle runs the same scan as the shuffle). What an attempt is given is the rise since the last stage of the same
    execution that showed the accumulator. So the contributions of an execution's stages add up to the metric's final
    value; where two such stages overlap in time, the split between them follows their ends.
    """

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline
        self._attempts: dict[tuple[int, int], _Attempt] = {}
        self._job_execution: dict[int, int | None] = {}
        self._stage_job: dict[int, int] = {}
        self._levels: dict[int | None, dict[int, int]] = {}
        self._ended: deque[int] = deque()
        self.failed_executions: set[int] = set()

    def job_started(self, event: Event) -> None:
        """``SparkListenerJobStart``. Several jobs may list a stage; the latest before it is submitted is taken for its own."""
        job_id = int(event["Job ID"])
        execution_id = execution_id_of(event.get("Properties"))
        self._job_execution[job_id] = execution_id
        self._timeline.seen(read_integer(event.get("Submission Time")))
        stage_ids = event.get("Stage IDs")
        if stage_ids is None:
            stage_ids = [info["Stage ID"] for info in event.get("Stage Infos") or ()]
        for stage_id in stage_ids:
            self._stage_job[int(stage_id)] = job_id

    def job_ended(self, event: Event) -> None:
        """``SparkListenerJobEnd``."""
        self._timeline.seen(read_integer(event.get("Completion Time")))
        result = event.get("Job Result")
        execution_id = self._job_execution.get(int(event["Job ID"]))
        if execution_id is not None and isinstance(result, dict) and result.get("Result") == "JobFailed":
            self.failed_executions.add(execution_id)

    def stage_submitted(self, event: Event) -> None:
        """``SparkListenerStageSubmitted``. The properties of the submission say best for whom the stage runs."""
        info = event["Stage Info"]
        attempt = self._attempt(int(info["Stage ID"]), int(info.get("Stage Attempt ID", 0)))
        attempt.execution_id = execution_id_of(event.get("Properties"))
        if attempt.execution_id is None:
            attempt.execution_id = self._owner(attempt)[0]
        self._describe(attempt, info)

    def stage_completed(self, event: Event) -> None:
        """``SparkListenerStageCompleted``."""
        info = event["Stage Info"]
        attempt = self._attempt(int(info["Stage ID"]), int(info.get("Stage Attempt ID", 0)))
        self._describe(attempt, info)
        attempt.sums.totals = self._totals(attempt, info)

    def task_ended(self, task: TaskEnd) -> None:
        """One ended task."""
        attempt = self._attempts.get((task.stage_id, task.attempt))
        if attempt is None:
            attempt = self._attempt(task.stage_id, task.attempt)
        attempt.sums.add(task)
        self._timeline.spread(task, attempt.sums.spread_ms)
        self._timeline.seen(task.finished_at_ms)

    def assigned(self, epochs: Sequence[Epoch]) -> tuple[AssignedStage, ...]:
        """Every attempt that did something, by stage and attempt."""
        assigned = []
        for key in sorted(self._attempts):
            attempt = self._attempts[key]
            execution_id, is_orphan = self._owner(attempt)
            assigned.append(AssignedStage(attempt.sums.run(epochs), execution_id, is_orphan))
        return tuple(assigned)

    def _attempt(self, stage_id: int, attempt: int) -> _Attempt:
        return self._attempts.setdefault((stage_id, attempt), _Attempt(StageSums(stage_id, attempt)))

    def _describe(self, attempt: _Attempt, info: Event) -> None:
        sums = attempt.sums
        sums.task_total = read_integer(info.get("Number of Tasks"))
        sums.submitted_at_ms = read_integer(info.get("Submission Time")) or sums.submitted_at_ms
        sums.completed_at_ms = read_integer(info.get("Completion Time")) or sums.completed_at_ms
        self._timeline.seen(sums.submitted_at_ms)
        self._timeline.seen(sums.completed_at_ms)

    def _owner(self, attempt: _Attempt) -> tuple[int | None, bool]:
        """The execution, and whether neither a submission nor a job says whose stage this is."""
        job_id = self._stage_job.get(attempt.sums.stage_id)
        if attempt.execution_id is not None or job_id is None:
            return attempt.execution_id, job_id is None
        return self._job_execution[job_id], False

    def _totals(self, attempt: _Attempt, info: Event) -> StageTotals:
        run_ms = native_ns = None
        accumulators: dict[int, int] = {}
        levels = self._levels.setdefault(self._owner(attempt)[0], {})
        entries: Any = info.get("Accumulables") or ()
        for entry in entries:
            name, value = entry.get("Name"), read_integer(entry.get("Value"))
            if value is None:
                continue
            if name == RUN_TIME:
                run_ms = value
            elif name == NATIVE_TIME:
                native_ns = value
            elif not (isinstance(name, str) and name.startswith(_INTERNAL)):
                identifier = int(entry["ID"])
                accumulators[identifier] = max(value - levels.get(identifier, 0), 0)
                levels[identifier] = max(value, levels.get(identifier, 0))
        return StageTotals(run_ms, native_ns, accumulators, has_failed=bool(info.get("Failure Reason")))

    def execution_ended(self, execution_id: int) -> None:
        """Drop what is only needed while an execution runs; late stages of the last few ended ones still find it."""
        self._ended.append(execution_id)
        if len(self._ended) > _ENDED_KEPT:
            self._levels.pop(self._ended.popleft(), None)

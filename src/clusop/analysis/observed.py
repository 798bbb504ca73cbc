"""Observed: all that is known of one run. Every source makes this value, every rule sees only this value.

A field whose source lacks the witness holds :class:`Absent` with the reason, never 0.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from fractions import Fraction

    from clusop.plan.reading import PlanReading
    from clusop.reasons import Reason

__all__ = [
    "Absent",
    "EngineFact",
    "EngineState",
    "Observed",
    "QueryTimes",
    "RunStatus",
    "Source",
    "StageRun",
    "StageTimes",
]


class Source(str, Enum):
    """Where a run was seen. The values are the report's ``kind``."""

    EXPLAIN_TEXT = "explain-text"
    PLAN_INFO = "plan-info"
    QUERY_PROFILE = "query-profile"
    EVENT_LOG = "event-log"
    HISTORY_SERVER = "history-server"
    LIVE = "live"


class EngineState(str, Enum):
    """Whether a native engine was on for this execution."""

    ON = "on"
    OFF = "off"
    UNKNOWN = "unknown"
    """The source has no settings; the plan's own names must tell."""


class RunStatus(str, Enum):
    """How a run ended."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    RUNNING = "running"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Absent:
    """A fact this source does not have, and why."""

    reason: Reason


@dataclass(frozen=True, slots=True)
class EngineFact:
    """Which engine (a dialect's id: ``photon``, ``comet``, ``none`` for plain Spark, ``""`` not known yet) and its state."""

    name: str
    state: EngineState
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class StageRun:
    """One attempt of one stage.

    ``run_ms`` is the run time of its successful tasks (``internal.metrics.executorRunTime``); ``lost_run_ms`` that of failed,
    killed and losing tasks (billed, attributed, never the ground of a proposal). ``native_ns`` is
    ``internal.metrics.photonizedTaskTimeNs``, ``None`` where the accumulable is absent (which is not 0).
    ``accumulators`` holds every SQL accumulator updated in this attempt, with its value in the metric's own unit.
    ``run_by_epoch_ms`` spreads all run time, lost included, over the cluster's epochs (index into
    :attr:`clusop.analysis.cluster.Cluster.epochs`); it sums to ``run_ms + lost_run_ms`` unless the timeline is unknown, when
    it is empty.
    """

    stage_id: int
    attempt: int
    run_ms: Fraction
    native_ns: int | None = None
    lost_run_ms: Fraction | int = 0
    task_count: int = 0
    failed_task_count: int = 0
    killed_task_count: int = 0
    speculative_task_count: int = 0
    succeeded: bool = True
    accumulators: Mapping[int, int] = field(default_factory=lambda: MappingProxyType({}))
    run_by_epoch_ms: tuple[tuple[int, Fraction], ...] = ()
    submitted_at_ms: int | None = None
    completed_at_ms: int | None = None
    remarks: tuple[Reason, ...] = ()

    @property
    def is_untimed(self) -> bool:
        """Whether tasks ran and nothing tells for how long: neither the stage's sums nor its task events."""
        return self.task_count > 0 and not (self.run_ms or self.lost_run_ms or self.run_by_epoch_ms)


@dataclass(frozen=True, slots=True)
class StageTimes:
    """Task times by stage, of the stages that belong to this execution."""

    stages: tuple[StageRun, ...]


@dataclass(frozen=True, slots=True)
class QueryTimes:
    """Task times of the whole query only, as a query profile has them: ``taskTotalTimeMs``, ``photonTotalTimeMs``."""

    run_ms: int
    native_ms: int | None


@dataclass(frozen=True, slots=True)
class Observed:
    """All that is known of one run.

    ``readings`` are its plans, the judged graph first (a profile may have several graphs, each judged). ``text`` is the same
    plan's explain text where the source has both. ``driver_accumulators`` are metrics the driver updated.
    ``engine_words`` are reasons the live plan gave (Comet's ExtendedExplainInfo), operator line → sentence.
    ``root_id`` is the execution this one serves (itself where it is nobody's child); ``events_dropped`` says that a gap on
    the event queue was seen.
    """

    query_id: str
    source: Source
    readings: tuple[PlanReading, ...]
    engine: EngineFact
    times: StageTimes | QueryTimes | Absent
    description: str = ""
    text: PlanReading | None = None
    status: RunStatus = RunStatus.UNKNOWN
    root_id: str = ""
    driver_accumulators: Mapping[int, int] = field(default_factory=lambda: MappingProxyType({}))
    engine_words: tuple[tuple[str, str], ...] = ()
    start_at_ms: int | None = None
    end_at_ms: int | None = None
    events_dropped: bool = False
    problems: tuple[Reason, ...] = ()

"""Assemble: all that was collected from a log, put together as one :class:`Application`."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from clusop.analysis.cluster import Application
from clusop.analysis.observed import Observed, Source, StageTimes
from clusop.eventlog.cluster_tags import cluster_of, dbr_version_of, image_label_of, workload_name_of
from clusop.eventlog.engine import engine_configured, engine_of_execution
from clusop.eventlog.executions import Execution
from clusop.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Sequence

    from clusop.analysis.observed import EngineFact, StageRun
    from clusop.eventlog.environment import Environment
    from clusop.eventlog.executions import Executions
    from clusop.eventlog.jobs_stages import AssignedStage, JobsAndStages
    from clusop.eventlog.losses import Losses
    from clusop.eventlog.source import LogSource
    from clusop.eventlog.timeline import Timeline

__all__ = ["Collected", "application_of"]

_OLD_SPARK = ("1.", "2.")


@dataclass(slots=True)
class Collected:
    """All that was collected of one application, and what the log's first and last events say of it."""

    timeline: Timeline
    environment: Environment
    jobs: JobsAndStages
    executions: Executions
    losses: Losses
    app_id: str = ""
    name: str = ""
    spark_version: str = ""
    was_started: bool = False
    has_ended: bool = False
    rollovers: set[int] = field(default_factory=set)
    """Databricks numbers the parts of a log, at the head of each."""


def application_of(source: LogSource, collected: Collected) -> Application:
    """The application. The plans of executions that still run are parsed now; nothing may be collected afterwards."""
    environment, losses = collected.environment, collected.losses
    epochs = collected.timeline.epochs()
    settings = environment.settings
    engine = engine_configured(settings, was_seen=environment.was_seen)
    stages = collected.jobs.assigned(epochs)
    queries = _queries(collected, stages, engine)
    losses.malformed_count += collected.executions.damaged_count
    orphan_count = sum(1 for stage in stages if stage.is_orphan)
    return Application(
        app_id=collected.app_id,
        name=collected.name,
        spark_version=collected.spark_version,
        dbr_version=dbr_version_of(settings),
        image_label=image_label_of(settings),
        engine=engine.name,
        cluster=cluster_of(environment, epochs),
        queries=queries,
        non_sql_stages=tuple(stage.run for stage in stages if stage.execution_id is None),
        unknown_events=tuple(sorted(losses.unknown.items())),
        job_id=environment.single("id"),
        job_run_id=environment.single("runId"),
        workload_name=workload_name_of(environment, collected.name),
        is_complete=collected.has_ended,
        problems=(*source.problems, *losses.reasons(), *_problems(collected, queries, orphan_count)),
    )


def _problems(collected: Collected, queries: Sequence[Observed], orphan_count: int) -> list[Reason]:
    problems = []
    if not collected.was_started:
        problems.append(Reason("missing-log-part", ": the application's start is not in it"))
    missing = max(collected.rollovers, default=-1) + 1 - len(collected.rollovers)
    if missing:
        problems.append(Reason("missing-log-part", f": {missing} of Databricks' numbered parts"))
    if not collected.has_ended:
        problems.append(Reason("in-progress-log"))
    if orphan_count:
        problems.append(Reason("orphan-stages", f": {orphan_count}"))
    if collected.spark_version.startswith(_OLD_SPARK):
        problems.append(Reason("old-log-format", f" (Spark {collected.spark_version})"))
    if not queries:
        problems.append(Reason("no-sql"))
    return problems


def _queries(collected: Collected, stages: Sequence[AssignedStage], engine: EngineFact) -> tuple[Observed, ...]:
    executions, settings = collected.executions.finished(), collected.environment.settings
    runs: dict[int, list[StageRun]] = {}
    orphaned: set[int] = set()
    for stage in stages:
        if stage.execution_id is not None:
            runs.setdefault(stage.execution_id, []).append(stage.run)
            if stage.is_orphan:
                orphaned.add(stage.execution_id)
    queries = []
    for execution_id in sorted({*executions, *runs}):
        execution = executions.get(execution_id) or Execution(execution_id, execution_id)
        queries.append(
            Observed(
                query_id=str(execution_id),
                source=Source.EVENT_LOG,
                readings=execution.readings,
                engine=engine_of_execution(engine, settings, execution.modified),
                times=StageTimes(tuple(runs.get(execution_id, ()))),
                description=execution.description,
                text=execution.text,
                status=execution.status(has_failed_job=execution_id in collected.jobs.failed_executions),
                root_id=str(execution.root_id),
                driver_accumulators=MappingProxyType(execution.driver_accumulators),
                start_at_ms=execution.start_at_ms,
                end_at_ms=execution.end_at_ms,
                events_dropped=not execution.was_started or execution_id in orphaned,
                problems=_query_problems(execution),
            )
        )
    return tuple(queries)


def _query_problems(execution: Execution) -> tuple[Reason, ...]:
    problems = []
    if not any(reading.plan is not None for reading in execution.readings):
        problems.append(Reason("no-plan-in-execution"))
    if execution.was_started and execution.end_at_ms is None:
        problems.append(Reason("query-running"))
    return tuple(problems)

"""What is said of an application, execution by execution, as canonical JSON: what the collector must find in the same events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from judged_json import finding_json, fraction_json, island_json
from observed_json import canonical_json, reasons_json

from clusop.analysis.assess import assess_application
from clusop.analysis.engine import resolve_engine
from clusop.analysis.observed import StageTimes
from clusop.pricing.provider import PriceBook

if TYPE_CHECKING:
    from collections.abc import Mapping

    from clusop.analysis.assessment import QueryAssessment, TimeSplit
    from clusop.analysis.cluster import Application, Cluster
    from clusop.analysis.observed import StageRun

__all__ = ["answer_of_application"]


def answer_of_application(application: Application) -> str:
    """Engine, cluster and all executions of ``application``."""
    assessed = assess_application(application, PriceBook.default())
    return canonical_json(
        {
            "engine": application.engine,
            "cluster": _cluster_json(application.cluster),
            "epochs": [
                [epoch.start_at_ms, epoch.end_at_ms, epoch.slot_count, epoch.worker_count]
                for epoch in application.cluster.epochs
            ],
            "executions": {query.observed.query_id: _execution_json(query) for query in assessed.queries},
        }
    )


def _cluster_json(cluster: Cluster) -> dict[str, object]:
    return {
        "cloud": cluster.cloud,
        "product": cluster.product,
        "tier": cluster.tier,
        "cluster_id": cluster.cluster_id,
        "cluster_name": cluster.cluster_name,
        "driver_node_type": cluster.driver_node_type,
        "worker_node_type": cluster.worker_node_type,
        "is_single_node": cluster.is_single_node,
        "availability": cluster.availability,
        "first_on_demand": cluster.first_on_demand,
        "uptime": cluster.uptime.value,
        "is_serverless": cluster.is_serverless,
        "is_databricks": cluster.is_databricks,
        "task_cpus": cluster.task_cpus,
        "region": cluster.region,
        "remarks": reasons_json(cluster.remarks),
    }


def _execution_json(query: QueryAssessment) -> dict[str, object]:
    observed = query.observed
    times, engine = observed.times, resolve_engine(observed)
    return {
        "status": observed.status.value,
        "root": observed.root_id,
        "description": observed.description,
        "start_at_ms": observed.start_at_ms,
        "end_at_ms": observed.end_at_ms,
        "events_dropped": observed.events_dropped,
        "problems": reasons_json(observed.problems),
        "driver_accumulators": _pairs(observed.driver_accumulators),
        "engine": [engine.name, engine.state.value, engine.evidence],
        "dialect": query.dialect.id,
        "role": query.role.value,
        "verdict": query.verdict.value,
        "verdict_reasons": reasons_json(query.verdict_reasons),
        "native_operators": query.native_operator_count,
        "jvm_operators": [[name, count] for name, count in query.jvm_operators],
        "islands": [island_json(island) for island in query.islands],
        "findings": [finding_json(finding) for finding in query.findings],
        "time": _time_json(query.time),
        "stages": [_stage_json(stage) for stage in times.stages] if isinstance(times, StageTimes) else None,
    }


def _time_json(time: TimeSplit) -> dict[str, object]:
    return {
        "run_ms": fraction_json(time.run_ms),
        "native_ms": fraction_json(time.native_ms),
        "island_ms": fraction_json(time.island_ms),
        "row_source_ms": fraction_json(time.row_source_ms),
        "boundary_ms": fraction_json(time.boundary_ms),
        "unexplained_ms": fraction_json(time.unexplained_ms),
        "lost_ms": fraction_json(time.lost_ms),
        "ratio_basis": time.ratio_basis.value,
        "reasons": reasons_json(time.reasons),
    }


def _stage_json(stage: StageRun) -> dict[str, object]:
    return {
        "stage": [stage.stage_id, stage.attempt],
        "run_ms": str(stage.run_ms),
        "native_ns": stage.native_ns,
        "lost_run_ms": str(stage.lost_run_ms),
        "tasks": [
            stage.task_count,
            stage.failed_task_count,
            stage.killed_task_count,
            stage.speculative_task_count,
        ],
        "succeeded": stage.succeeded,
        "accumulators": _pairs(stage.accumulators),
        "by_epoch": [[index, str(run_ms)] for index, run_ms in stage.run_by_epoch_ms],
        "submitted_at_ms": stage.submitted_at_ms,
        "completed_at_ms": stage.completed_at_ms,
        "remarks": reasons_json(stage.remarks),
    }


def _pairs(values: Mapping[int, int]) -> list[list[int]]:
    return [[key, value] for key, value in sorted(values.items())]

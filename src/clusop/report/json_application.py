"""One application in the JSON contract."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clusop.reasons import Reason
from clusop.report.json_values import figure_json, number_json, proposal_json, put, put_text, reasons_json, time_json
from clusop.report.scrub import printable

if TYPE_CHECKING:
    from clusop.analysis.assessment import ApplicationAssessment
    from clusop.analysis.cluster import Cluster

__all__ = ["application_json"]


def application_json(assessed: ApplicationAssessment) -> dict[str, object]:
    """The document of one application."""
    application = assessed.application
    document: dict[str, object] = {"id": printable(application.app_id), "name": printable(application.name)}
    version = Reason("not-databricks") if not application.cluster.is_databricks else Reason("not-told", " the runtime")
    put_text(document, "dbr", application.dbr_version, version)
    put_text(document, "spark", application.spark_version, Reason("not-told", " the version of Spark"))
    put_text(document, "engine", application.engine, Reason("not-told", " the engine"))
    put_text(document, "image", application.image_label, Reason("not-told", " the image"))
    document["shape"] = _shape(application.cluster)
    document["uptime"] = application.cluster.uptime.value
    document["is_complete"] = application.is_complete
    document["time"] = time_json(assessed.time, Reason("no-times"))
    non_sql_ms = None if assessed.non_sql_ms is None else number_json(assessed.non_sql_ms)
    put(document, "non_sql_ms", non_sql_ms, Reason("no-times"))
    document["cost"] = {
        "total": figure_json(assessed.cost.total),
        "attributed": figure_json(assessed.cost.attributed),
        "non_sql_and_failed": figure_json(assessed.cost.non_sql_and_failed),
        "unobserved": figure_json(assessed.cost.unobserved),
        "unused": figure_json(assessed.cost.unused),
    }
    document["proposals"] = [proposal_json(proposal) for proposal in assessed.proposals]
    document["unknown_events"] = [{"name": printable(name), "count": many} for name, many in application.unknown_events]
    return document


def _shape(cluster: Cluster) -> dict[str, object]:
    shape: dict[str, object] = {}
    not_told = Reason("not-told", " this about the cluster")
    for field, value in (
        ("cloud", cluster.cloud),
        ("region", cluster.region),
        ("product", cluster.product),
        ("tier", cluster.tier),
        ("driver_node_type", cluster.driver_node_type),
        ("worker_node_type", cluster.worker_node_type),
        ("availability", cluster.availability),
    ):
        put_text(shape, field, value, not_told)
    working = [epoch for epoch in cluster.epochs if epoch.slot_count]
    counts = [epoch.worker_count for epoch in working]
    put(shape, "min_workers", min(counts, default=None), Reason("no-timeline"))
    put(shape, "max_workers", max(counts, default=None), Reason("no-timeline"))
    put(shape, "max_slots", max((epoch.slot_count for epoch in working), default=None), Reason("no-timeline"))
    shape["is_single_node"] = cluster.is_single_node
    shape["is_serverless"] = cluster.is_serverless
    shape["is_databricks"] = cluster.is_databricks
    shape["remarks"] = reasons_json(cluster.remarks)
    return shape

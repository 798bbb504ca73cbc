"""One application in words: what it is, how much of it ran on the engine, its bill, what is proposed for the engine."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from clusop.analysis.assessment import Action
from clusop.plan.dialect import PLAIN_SPARK, dialect, dialect_ids
from clusop.pricing.price import Unpriced
from clusop.report.amounts import TIMES, duration, plural, share
from clusop.report.exposure_sum import ExposureSum
from clusop.report.money_text import bill_slices, bill_view, money_view
from clusop.report.query_text import proposal_view
from clusop.report.scrub import cut, one_line
from clusop.report.time_text import time_notes, time_sentence, time_slices
from clusop.report.view import AppView, Fact, MoneyView, Slice

if TYPE_CHECKING:
    from clusop.analysis.assessment import ApplicationAssessment, ApplicationCost, TimeSplit
    from clusop.analysis.cluster import Application, Cluster

__all__ = ["application_view", "engine_title"]

_UPTIME_WORDS = {
    "elastic": "ends with its work",
    "fixed": "stays up anyway",
    "unknown": "not known whether it ends with its work",
}
_NAME_CHARS = 120


def engine_title(engine: str) -> str:
    """An engine's name for people."""
    return dialect(engine).title if engine in dialect_ids() else engine


def application_view(assessed: ApplicationAssessment) -> AppView:
    """Everything a report says of an application itself."""
    application = assessed.application
    # The queries may be narrowed to one; the time is the whole application's, and tells by itself whether it is a bound.
    bounded = assessed.time.native_ms is None or any(
        island.is_upper_bound for query in assessed.queries for island in query.islands
    )
    return AppView(
        title=cut(application.name, _NAME_CHARS) or cut(application.app_id, _NAME_CHARS),
        facts=_facts(application),
        native=_native(assessed.time, has_engine=application.engine != PLAIN_SPARK),
        split=(*time_slices(assessed.time, is_upper_bound=bounded), *_non_sql(assessed)),
        split_notes=time_notes(assessed.time),
        bill=_bill(assessed.cost),
        bill_split=bill_slices(assessed.cost),
        premium=_premium(assessed),
        proposals=tuple(
            proposal_view(proposal) for proposal in assessed.proposals if proposal.action is not Action.NONE
        ),
        remarks=_remarks(application),
    )


def _facts(application: Application) -> tuple[Fact, ...]:
    cluster = application.cluster
    runtime = [f"DBR {application.dbr_version}"] if application.dbr_version else []
    runtime += [f"Spark {application.spark_version}"] if application.spark_version else []
    facts = [
        Fact("Application", cut(application.app_id, _NAME_CHARS)),
        Fact("Engine", engine_title(application.engine))
        if application.engine
        else Fact("Engine", "The log does not tell which engine was on.", missing=True),
        Fact("Runtime", ", ".join(runtime)) if runtime else Fact("Runtime", "The log names no version.", missing=True),
        Fact("Cluster", shape)
        if (shape := _shape(cluster))
        else Fact("Cluster", "No node types in this log.", missing=True),
    ]
    if cluster.product:
        tier = cluster.tier or "tier not told, so prices span all tiers"
        facts.append(Fact("Billed as", f"{cluster.cloud} {cluster.product}, {tier}"))
    if cluster.is_databricks:
        facts.append(Fact("Uptime", _UPTIME_WORDS[cluster.uptime.value]))
    if application.workload_name:
        facts.append(Fact("Workload", cut(application.workload_name, _NAME_CHARS)))
    return tuple(facts)


def _shape(cluster: Cluster) -> str:
    parts = []
    counts = [epoch.worker_count for epoch in cluster.epochs]
    if cluster.worker_node_type and not cluster.is_single_node:
        most = max(counts, default=0)
        least = min((many for many in counts if many), default=most)
        many = f"{least} to {most} {TIMES} " if least != most else f"{most} {TIMES} " if most else ""
        parts.append(f"{many}{cut(cluster.worker_node_type, 60)}")
    if cluster.driver_node_type:
        parts.append(f"driver {cut(cluster.driver_node_type, 60)}")
    if cluster.is_single_node:
        parts.append("single node")
    slots = max((epoch.slot_count for epoch in cluster.epochs), default=0)
    if slots:
        parts.append(plural(slots, "core"))
    if cluster.is_serverless:
        parts.append("serverless")
    return ", ".join(parts)


def _native(split: TimeSplit, *, has_engine: bool) -> Fact:
    is_told = (
        bool(split.run_ms and not has_engine)
        or split.native_ratio is not None
        or bool(split.run_ms and split.island_ms)
    )
    return Fact("Task time", time_sentence(split, has_engine=has_engine), missing=not is_told)


def _non_sql(assessed: ApplicationAssessment) -> tuple[Slice, ...]:
    if not assessed.non_sql_ms or not assessed.time.run_ms:
        return ()
    ratio = min(assessed.non_sql_ms / assessed.time.run_ms, Fraction(1))
    return (Slice("jobs outside SQL", duration(assessed.non_sql_ms), share(ratio), float(ratio * 100), "other"),)


def _bill(cost: ApplicationCost) -> tuple[MoneyView, ...]:
    """The bill, or the one reason why there is none."""
    figures = (cost.total, cost.attributed, cost.non_sql_and_failed, cost.unobserved, cost.unused)
    reasons = {figure.reason for figure in figures if isinstance(figure, Unpriced)}
    if len(reasons) == 1 and all(isinstance(figure, Unpriced) for figure in figures):
        return (money_view("Cost", cost.total),)
    return bill_view(cost)


def _premium(assessed: ApplicationAssessment) -> MoneyView | None:
    """What all queries paid for time off the engine; nothing where the queries were narrowed to some of them."""
    if len(assessed.queries) < len(assessed.application.queries):
        return None
    total = ExposureSum()
    for query in assessed.queries:
        total = total.plus(query)
    view = total.view()
    return None if view is not None and view.missing and isinstance(assessed.cost.total, Unpriced) else view


def _remarks(application: Application) -> tuple[str, ...]:
    sentences = [one_line(reason.sentence) for reason in (*application.problems, *application.cluster.remarks)]
    return tuple(dict.fromkeys(sentences))

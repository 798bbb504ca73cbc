"""Assessments written by hand: what the renderers are tried on, apart from how an analysis would come to them."""

from __future__ import annotations

from fractions import Fraction
from types import MappingProxyType
from typing import Any

from clusop.analysis.assessment import (
    Action,
    ApplicationAssessment,
    ApplicationCost,
    Confidence,
    Finding,
    Island,
    JudgedPlan,
    Leg,
    Proposal,
    QueryAssessment,
    QueryCost,
    RatioBasis,
    Role,
    TimeSplit,
    Verdict,
    Witness,
)
from clusop.analysis.cluster import Application, Cluster, Epoch, Uptime
from clusop.analysis.figure import ModeledFigure
from clusop.analysis.observed import Absent, EngineFact, EngineState, Observed, RunStatus, Source
from clusop.plan.dialect import classify, dialect
from clusop.plan.kind import Kind
from clusop.plan.node import ROOT, Operator, Plan
from clusop.plan.reading import Phase, PlanReading, PlanSource
from clusop.pricing.price import Unpriced
from clusop.reasons import Reason
from clusop.report.input_report import InputReport
from clusop.units import Range

UDF_PLAN = """
AdaptiveSparkPlan
 ColumnarToRow
  PhotonResultStage
   PhotonSort
    PhotonShuffleExchangeSource
     PhotonShuffleMapStage
      PhotonShuffleExchangeSink
       PhotonGroupingAgg
        PhotonRowToColumnar
         Project | [region#3, net#9]
          BatchEvalPython | [net_price(price#4)], [pythonUDF0#8]
           ColumnarToRow
            PhotonResultStage
             PhotonProject
              PhotonBroadcastHashJoin
               PhotonScan parquet | sales.orders[region#3,price#4]
               PhotonShuffleMapStage
                PhotonFilter
                 PhotonScan parquet | sales.regions[id#1]
"""
NATIVE_PLAN = """
AdaptiveSparkPlan
 ColumnarToRow
  PhotonResultStage
   PhotonGroupingAgg
    PhotonProject
     PhotonScan parquet | sales.orders[region#3,price#4]
"""
HIGH, MEDIUM, LOW = Leg(0.96), Leg(0.62), Leg(0.2, (Reason("no-times"),))
NO_TIME_NO_PRICE = Unpriced(Reason("no-time-no-price"))
LABELLED = {"worker_node_hours": "3/8", "m": "2..2.9", "usd_per_dbu": "0.55..0.65", "J": "41/100"}


def plan_of(outline: str) -> Plan:
    """A plan from names indented by one blank per level; arguments behind ``|``."""
    operators: list[Operator] = []
    above: list[int] = []
    for line in outline.strip("\n").splitlines():
        depth = len(line) - len(line.lstrip(" "))
        name, _, arguments = line.strip().partition(" | ")
        del above[depth:]
        operators.append(Operator(name=name, parent=above[-1] if above else ROOT, arguments=arguments))
        above.append(len(operators) - 1)
    return Plan(tuple(operators))


def usd(low: str, high: str | None = None, formula: str = "exposure-1") -> ModeledFigure:
    return ModeledFigure(Range.of(low, high), formula, MappingProxyType(dict(LABELLED)), ("aws-i3.xlarge-dbu",))


def leg_set(cost: Leg = MEDIUM, recommendation: Leg = MEDIUM) -> Confidence:
    return Confidence(parse=HIGH, diagnosis=HIGH, cost=cost, recommendation=recommendation)


def time_of(run_ms: int | None = 120_000, native_ms: int | None = 70_800, island_ms: int | None = 46_000) -> TimeSplit:
    if run_ms is None:
        return TimeSplit(None, None, RatioBasis.STRUCTURE, reasons=(Reason("no-times"),))
    rest = None if native_ms is None or island_ms is None else run_ms - native_ms - island_ms
    return TimeSplit(
        run_ms=Fraction(run_ms),
        native_ms=None if native_ms is None else Fraction(native_ms),
        ratio_basis=RatioBasis.MEASURED,
        island_ms=None if island_ms is None else Fraction(island_ms),
        row_source_ms=Fraction(0),
        boundary_ms=Fraction(0),
        unexplained_ms=None if rest is None else Fraction(rest),
        lost_ms=Fraction(0),
        reasons=() if native_ms is not None else (Reason("no-native-time"),),
    )


def query(
    outline: str = UDF_PLAN, **changes: Any
) -> QueryAssessment:  # Any: fields of the assessment, as a test needs them
    """A query whose non-native operators, except hand-overs and wrappers, are one island. ``changes`` replace fields."""
    plan = plan_of(outline)
    spoken = dialect(changes.pop("engine", "photon"))
    kinds = classify(plan, spoken)
    off = tuple(i for i, kind in enumerate(kinds) if kind in {Kind.JVM, Kind.PYTHON})
    island_of = tuple(0 if i in off else None for i in range(len(plan)))
    verdict = changes.get("verdict", Verdict.FALLBACK if off else Verdict.NATIVE)
    reading = PlanReading(plan, Phase.FINAL, PlanSource.PLAN_INFO, problems=changes.pop("problems", ()))
    deepest = max(off, default=0)
    finding = Finding(
        cause="python-udf",
        operator=plan.operators[deepest].name,
        graph=0,
        index=deepest,
        detail="net_price(price#4)",
        island=0,
        witnesses=(Witness.STRUCTURE, Witness.METRICS),
        inherited=off[:-1],
        time_ratio=Fraction(46, 120),
        ratio_basis=RatioBasis.MEASURED,
    )
    observed = Observed(
        query_id=changes.pop("query_id", "7"),
        source=Source.EVENT_LOG,
        readings=(reading,),
        engine=EngineFact(spoken.id, EngineState.ON),
        times=Absent(Reason("no-times")),
        description=changes.pop("description", "net sales by region"),
        status=changes.pop("status", RunStatus.SUCCEEDED),
    )
    fields: dict[str, Any] = {  # Any: as above
        "observed": observed,
        "dialect": spoken,
        "role": Role.USER,
        "verdict": verdict,
        "verdict_reasons": (),
        "plans": (JudgedPlan(reading, kinds, island_of, (True,) * len(plan), verdict),),
        "native_operator_count": sum(kind is Kind.NATIVE for kind in kinds),
        "jvm_operators": tuple((plan.operators[i].name, 1) for i in off),
        "new_native_names": (),
        "islands": (Island(0, 0, tuple(reversed(off)), (3,), Fraction(46_000)),) if off else (),
        "findings": (finding,) if off else (),
        "time": time_of() if off else time_of(native_ms=117_600, island_ms=0),
        "cost": QueryCost(usd("0.25", "0.31", "attributed-1"), usd("0.12", "0.15"), usd("0.05", "0.22", "fix-1"))
        if off
        else QueryCost(
            usd("0.25", "0.31", "attributed-1"), Unpriced(Reason("no-island")), Unpriced(Reason("no-island"))
        ),
        "confidence": leg_set(),
        "proposal": Proposal(Action.FIX, "Rewrite net_price with built-in functions.", usd("0.05", "0.22", "fix-1"))
        if off
        else Proposal(Action.NONE, "Nothing left the engine."),
    }
    return QueryAssessment(**{**fields, **changes})


def native(**changes: Any) -> QueryAssessment:  # Any: as in query
    return query(NATIVE_PLAN, **{"query_id": "26", "description": "", **changes})


def unknown(**changes: Any) -> QueryAssessment:  # Any: as in query
    fields: dict[str, Any] = {  # Any: as in query
        "query_id": "9",
        "verdict": Verdict.UNKNOWN,
        "verdict_reasons": (Reason("not-final"),),
        "time": time_of(None),
        "cost": QueryCost(NO_TIME_NO_PRICE, NO_TIME_NO_PRICE, NO_TIME_NO_PRICE),
        "confidence": leg_set(LOW, LOW),
        "proposal": Proposal(Action.NONE, "Nothing can be said of a plan that never became final."),
    }
    return query(
        "AdaptiveSparkPlan\n HashAggregate\n  Exchange\n   Scan parquet\n",
        **{**fields, "findings": (), "islands": (), "jvm_operators": (), **changes},
    )


def of_verdict(verdict: Verdict) -> QueryAssessment:
    """One query of each verdict."""
    reasons = {
        Verdict.COMMAND: Reason("command-only"),
        Verdict.NOT_ACCELERATED: Reason("engine-off", ": spark.databricks.photon.enabled=false"),
    }
    if verdict is Verdict.UNKNOWN:
        return unknown()
    if verdict is Verdict.NATIVE:
        return native()
    if verdict in reasons:
        return native(verdict=verdict, verdict_reasons=(reasons[verdict],), native_operator_count=0)
    return query(verdict=verdict)


def application(*queries: QueryAssessment, **changes: Any) -> ApplicationAssessment:  # Any: as in query
    cluster = Cluster(
        cloud="AWS",
        product="ALL_PURPOSE_COMPUTE",
        driver_node_type="m6gd.xlarge",
        worker_node_type="m6gd.2xlarge",
        uptime=Uptime.FIXED,
        is_databricks=True,
        epochs=(Epoch(0, 600_000, 0, 0), Epoch(600_000, 4_200_000, 16, 2)),
    )
    seen = Application(
        app_id="app-1",
        name="nightly sales",
        spark_version="3.4.1",
        dbr_version="13.3",
        image_label="13.3.x-photon",
        engine="photon",
        cluster=changes.pop("cluster", cluster),
        queries=tuple(each.observed for each in queries),
        non_sql_stages=(),
        is_complete=False,
        problems=(Reason("in-progress-log"),),
    )
    fields: dict[str, Any] = {  # Any: as in query
        "application": seen,
        "queries": queries,
        "time": time_of(),
        "non_sql_ms": Fraction(9_000),
        "cost": ApplicationCost(
            total=usd("2.1175", "2.5025", "total-1"),
            attributed=usd("1.2", "1.4", "attributed-1"),
            non_sql_and_failed=usd("0.1", "0.2", "non-sql-and-failed-1"),
            unobserved=usd("0", None, "unobserved-1"),
            unused=usd("0.8175", "0.9025", "unused-1"),
        ),
        "proposals": (Proposal(Action.KEEP, "The engine pays for itself here.", None, (Reason("below-break-even"),)),),
    }
    return ApplicationAssessment(**{**fields, **changes})


def log_report(
    *queries: QueryAssessment, path: str = "logs/app-1.zstd", **changes: Any
) -> InputReport:  # Any: as in query
    return InputReport(path, Source.EVENT_LOG.value, application=application(*queries, **changes))


def plan_report(assessed: QueryAssessment, path: str = "plans/slow.txt") -> InputReport:
    return InputReport(path, Source.EXPLAIN_TEXT.value, query=assessed)

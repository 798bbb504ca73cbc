"""What holds for every application whatever its plans and times: random trees, stages, clusters."""

from __future__ import annotations

from fractions import Fraction
from types import MappingProxyType

from hypothesis import given, settings
from hypothesis import strategies as st

from clusop.analysis.assess import assess_application, assess_query
from clusop.analysis.assessment import Action, Verdict
from clusop.analysis.cluster import Application, Cluster, Epoch, Uptime
from clusop.analysis.figure import Figure
from clusop.analysis.observed import (
    Absent,
    EngineFact,
    EngineState,
    Observed,
    QueryTimes,
    RunStatus,
    Source,
    StageRun,
    StageTimes,
)
from clusop.plan.node import Codegen, Link, Metric, Operator, Plan
from clusop.plan.reading import Explanation, ExplanationBlock, ExplanationVerdict, Phase, PlanReading, PlanSource
from clusop.pricing.provider import PriceBook
from clusop.reasons import Reason

PRICES = PriceBook.default()
NAMES = (
    "AdaptiveSparkPlan", "BatchEvalPython", "BroadcastExchange", "Coalesce", "CollectLimit", "ColumnarToRow", "Exchange",
    "Execute InsertIntoHadoopFsRelationCommand", "Generate", "HashAggregate", "InMemoryTableScan", "LocalTableScan",
    "ObjectHashAggregate", "PhotonArrowBatchSink", "PhotonArrowBatchSource", "PhotonGroupingAgg", "PhotonNewThing",
    "PhotonProject", "PhotonRowToColumnar", "PhotonScan parquet", "PhotonShuffleMapStage", "Project", "ReusedExchange",
    "Scan csv", "Scan parquet", "ShuffleQueryStage", "Sort", "SortMergeJoin", "Subquery", "Window", "CometScan parquet",
    "CometColumnarExchange", "CometColumnarToRow", "WriteFiles", "SerializeFromObject", "",
)  # fmt: skip
ARGUMENTS = ("", "[a#1]", "functions=[partial_sum(x#1)]", "[UDF(a#1)]", "1", "[soundex(a#1)]", "isFinalPlan=false")
METRIC_NAMES = ("exclusive time", "number of output rows", "shuffle bytes written", "fetch wait time", "duration")


ENGINES = tuple(EngineFact(name, state) for name in ("photon", "comet", "none", "") for state in EngineState)


@st.composite
def plans(draw):
    size = draw(st.sampled_from((0, 1, 4, 6, 8, 10)))
    operators = []
    for index in range(size):
        metrics = draw(
            st.lists(st.builds(Metric, st.sampled_from(METRIC_NAMES), st.just("sum"), st.integers(0, 20)), max_size=2)
        )
        operators.append(
            Operator(
                name=draw(st.sampled_from(NAMES)),
                parent=index - 1 if index % 5 else draw(st.integers(max(-1, index - 3), index - 1)),
                link=draw(st.sampled_from((Link.CHILD, Link.CHILD, Link.CHILD, Link.CHILD, *Link))),
                arguments=draw(st.sampled_from(ARGUMENTS)),
                metrics=tuple(metrics),
                codegen=draw(st.sampled_from((None, None, 0))),
                flagged_native=draw(st.sampled_from((None, None, True))),
            )
        )
    return Plan(tuple(operators), (Codegen(1, (Metric("duration", "timing", 39),)),))


@st.composite
def readings(draw):
    blocks = draw(
        st.lists(
            st.builds(
                ExplanationBlock,
                st.sampled_from(("soundex(a#1)", "Window [a#1]", "", "UDF()")),
                st.sampled_from(("expression", "node", "aggregate", "other")),
                st.sampled_from(("", "Expression soundex does not support X")),
                st.sampled_from(("", "Window [a#1]", "Project [soundex(a#1)]")),
            ),
            max_size=2,
        )
    )
    return PlanReading(
        draw(st.one_of(*[plans()] * 8, st.none())),
        draw(st.sampled_from((*[Phase.FINAL] * 6, *Phase))),
        draw(st.sampled_from(PlanSource)),
        Explanation(draw(st.sampled_from(ExplanationVerdict)), tuple(blocks)),
        draw(st.sampled_from((*[()] * 8, (Reason("truncated-top"),), (Reason("wrapped-lines"),)))),
    )


@st.composite
def stages(draw, first):
    run = draw(st.integers(0, 5000))
    lost = draw(st.sampled_from((0, 0, 100)))
    return StageRun(
        stage_id=first + draw(st.integers(0, 3)),
        attempt=draw(st.integers(0, 1)),
        run_ms=Fraction(run),
        native_ns=draw(st.one_of(st.none(), *[st.integers(0, 6_000_000_000)] * 4)),
        lost_run_ms=lost,
        accumulators=MappingProxyType(dict.fromkeys(draw(st.sets(st.integers(0, 20), min_size=3, max_size=12)), 10**9)),
        run_by_epoch_ms=((0, Fraction(run + lost)),),
    )


@st.composite
def queries(draw, number):
    own = draw(st.lists(stages(first=10 * number), max_size=4, unique_by=lambda stage: (stage.stage_id, stage.attempt)))
    return Observed(
        query_id=str(number),
        source=Source.EVENT_LOG,
        readings=tuple(draw(st.lists(readings(), min_size=draw(st.sampled_from((0, 1, 1, 1))), max_size=2))),
        engine=draw(st.sampled_from((*[EngineFact("photon", EngineState.ON)] * 6, *ENGINES))),
        times=StageTimes(tuple(own)),
        status=draw(st.sampled_from(RunStatus)),
        text=draw(st.one_of(st.none(), readings())),
        events_dropped=draw(st.sampled_from((False, False, False, True))),
        engine_words=tuple(draw(st.lists(st.just(("Window [a#1]", "Window is not supported")), max_size=1))),
    )


@st.composite
def applications(draw):
    cluster = Cluster(
        cloud=draw(st.sampled_from(("AWS", "AZURE", "GCP", ""))),
        product=draw(st.sampled_from(("JOBS_COMPUTE", "ALL_PURPOSE_COMPUTE", "DLT_CORE_COMPUTE", ""))),
        tier=draw(st.sampled_from(("", "PREMIUM", "ENTERPRISE"))),
        driver_node_type=draw(st.sampled_from(("i3.xlarge", "no.such", ""))),
        worker_node_type=draw(st.sampled_from(("i3.xlarge", "m6gd.2xlarge", "no.such", ""))),
        availability=draw(st.sampled_from(("ON_DEMAND", "SPOT", "SPOT_WITH_FALLBACK", ""))),
        uptime=draw(st.sampled_from(Uptime)),
        is_serverless=draw(st.booleans()),
        is_databricks=draw(st.booleans()),
        epochs=draw(
            st.sampled_from(((), (Epoch(0, 3_600_000, 8, 2),), (Epoch(0, 500, 2, 1),), (Epoch(0, 500, 0, 0),)))
        ),
    )
    return Application(
        app_id="app",
        name="n",
        spark_version="3.5.0",
        dbr_version="",
        image_label="",
        engine=draw(st.sampled_from(("photon", "comet", "none", ""))),
        cluster=cluster,
        queries=tuple(draw(queries(number)) for number in range(1, draw(st.integers(1, 4)))),
        non_sql_stages=tuple(draw(st.lists(stages(first=900), max_size=2, unique_by=lambda stage: stage.stage_id))),
    )


def figures_of(query):
    cost = query.cost
    return [figure for figure in (cost.attributed, cost.exposure, cost.avoidable) if isinstance(figure, Figure)]


@settings(max_examples=100)
@given(applications())
def test_every_application_is_assessed_and_adds_up(application):
    assessed = assess_application(application, PRICES)
    for query in assessed.queries:
        split = query.time
        if split.native_ms is not None and split.unexplained_ms is not None and split.island_ms is not None:
            parts = (split.native_ms, split.island_ms, split.row_source_ms, split.boundary_ms, split.unexplained_ms)
            assert sum(part or 0 for part in parts) == split.run_ms
            assert all((part or 0) >= 0 for part in parts)
        ratios = [finding.time_ratio or 0 for finding in query.findings if finding.island is not None]
        assert all(0 <= ratio <= 1 for ratio in ratios)
        if not any(finding.is_upper_bound for finding in query.findings):
            assert sum(ratios) <= 1
        assert all(0 <= figure.usd.low <= figure.usd.high for figure in figures_of(query))
        cost = query.cost
        if isinstance(cost.avoidable, Figure) and isinstance(cost.attributed, Figure):
            assert cost.avoidable.usd.low <= cost.attributed.usd.low
            assert cost.avoidable.usd.high <= cost.attributed.usd.high
        if not query.islands:
            assert not isinstance(cost.exposure, Figure)
        legs = query.confidence
        assert legs.recommendation.score <= min(legs.parse.score, legs.diagnosis.score)
        assert all(0 <= leg.score <= 1 for leg in (legs.parse, legs.diagnosis, legs.cost, legs.recommendation))
        if query.verdict not in {Verdict.FALLBACK, Verdict.PARTIAL}:
            assert query.proposal.action is Action.NONE
            assert not query.islands or query.verdict is Verdict.UNKNOWN
    total = assessed.cost.total
    parts = [assessed.cost.attributed, assessed.cost.non_sql_and_failed, assessed.cost.unobserved, assessed.cost.unused]
    if isinstance(total, Figure) and all(isinstance(part, Figure) for part in parts):
        assert sum(part.usd.low for part in parts) == total.usd.low
        assert sum(part.usd.high for part in parts) == total.usd.high
        assert all(part.usd.low >= 0 for part in parts)


@settings(max_examples=80)
@given(
    readings(),
    st.sampled_from((Absent(Reason("no-times")), QueryTimes(100, 40), QueryTimes(0, 0), QueryTimes(5, None))),
)
def test_every_plan_by_itself_is_assessed_without_dollars(reading, times):
    observed = Observed("1", Source.EXPLAIN_TEXT, (reading,), EngineFact("", EngineState.UNKNOWN), times)
    query = assess_query(observed)
    assert figures_of(query) == []
    assert query.verdict is not Verdict.UNKNOWN or query.verdict_reasons

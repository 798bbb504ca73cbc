"""SparkPlanInfo becomes one tree: scopes, reuse, subqueries, caches, bounds, and any JSON value whatever."""

from __future__ import annotations

import copy
import json
from itertools import count
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clusop.plan.node import Link
from clusop.plan.plan_info import looks_like_plan_info, read_plan_info, read_plan_info_json
from clusop.plan.reading import Phase, PlanSource

Node = dict[str, Any]


def node(name: str, *children: Node, simple: str = "", ids: tuple[int, ...] = ()) -> Node:
    return {
        "nodeName": name,
        "simpleString": simple or name,
        "children": list(children),
        "metadata": {},
        "metrics": [{"name": f"metric {i}", "accumulatorId": i, "metricType": "sum"} for i in ids],
    }


def stage_of(name: str, first_id: int) -> Node:
    """A map stage: three operators with metrics, one without."""
    scan = node("PhotonScan parquet shop.sales", simple="PhotonScan parquet shop.sales[day#1]", ids=(first_id,))
    project = node("PhotonProject", scan)
    sink = node("PhotonShuffleExchangeSink", project, ids=(first_id + 1,))
    return node(name, sink, ids=(first_id + 2,))


def names(info: object) -> list[str]:
    reading = read_plan_info(info)
    assert reading.plan is not None
    return [operator.name for operator in reading.plan.operators]


def test_scopes_are_no_operators_and_set_the_codegen() -> None:
    scan = node("Scan parquet ", simple="FileScan parquet [a#1] Batched: true", ids=(5,))
    inner = node("WholeStageCodegen (1)", node("ColumnarToRow", node("InputAdapter", scan)), ids=(4,))
    exchange = node("Exchange", inner, simple="Exchange hashpartitioning(a#1, 4)", ids=(3,))
    outer = node("WholeStageCodegen (2)", node("HashAggregate", node("InputAdapter", exchange)), ids=(1, 2))
    reading = read_plan_info(outer)
    assert reading.plan is not None
    assert reading.phase is Phase.STATIC
    assert reading.source is PlanSource.PLAN_INFO
    assert [(o.name, o.parent, o.codegen) for o in reading.plan.operators] == [
        ("HashAggregate", -1, 0),
        ("Exchange", 0, None),
        ("ColumnarToRow", 1, 1),
        ("Scan parquet", 2, None),
    ]
    assert [scope.number for scope in reading.plan.codegens] == [2, 1]
    assert [metric.accumulator_id for metric in reading.plan.codegens[0].metrics] == [1, 2]
    assert reading.plan.operators[3].arguments == "[a#1] Batched: true"


def test_an_exchange_without_an_input_adapter_ends_the_codegen() -> None:
    reading = read_plan_info(node("WholeStageCodegen (1)", node("Sort", node("BroadcastExchange", node("Range")))))
    assert reading.plan is not None
    assert [operator.codegen for operator in reading.plan.operators] == [0, None, None]


def test_a_reused_exchange_becomes_a_leaf_even_before_its_original() -> None:
    info = node(
        "PhotonUnion",
        node("ReusedExchange", stage_of("PhotonShuffleMapStage", 10), ids=()),
        stage_of("PhotonShuffleMapStage", 10),
    )
    assert names(info) == [
        "PhotonUnion",
        "ReusedExchange",
        "PhotonShuffleMapStage",
        "PhotonShuffleExchangeSink",
        "PhotonProject",
        "PhotonScan parquet",
    ]


def test_what_is_below_a_reuse_and_nowhere_else_stays_once() -> None:
    info = node(
        "PhotonUnion",
        node("ReusedExchange", stage_of("PhotonShuffleMapStage", 10)),
        node("ReusedExchange", stage_of("PhotonShuffleMapStage", 10)),
    )
    reading = read_plan_info(info)
    assert reading.plan is not None
    assert [(o.name, o.parent) for o in reading.plan.operators] == [
        ("PhotonUnion", -1),
        ("ReusedExchange", 0),
        ("PhotonShuffleMapStage", 1),
        ("PhotonShuffleExchangeSink", 2),
        ("PhotonProject", 3),
        ("PhotonScan parquet", 4),
        ("ReusedExchange", 0),
    ]


def test_one_unseen_accumulator_keeps_an_operator_below_a_reuse() -> None:
    original = node("Exchange", node("Project", node("Scan parquet ", ids=(1, 2))), ids=(3,))
    changed = node("Exchange", node("Project", node("Scan parquet ", ids=(1, 2, 9))), ids=(3,))
    # The exchange above is a duplicate; the project has a neighbour that stays, so it stays too.
    assert names(node("Union", original, node("ReusedExchange", changed))) == [
        "Union",
        "Exchange",
        "Project",
        "Scan parquet",
        "ReusedExchange",
        "Project",
        "Scan parquet",
    ]


def test_a_reuse_within_a_reuse_is_settled_from_the_outside_in() -> None:
    inner = node("ReusedExchange", stage_of("PhotonShuffleMapStage", 20))
    outer = node("Exchange", node("Union", inner, stage_of("PhotonShuffleMapStage", 20)), ids=(30,))
    info = node("Union", node("ReusedExchange", outer), node("ReusedExchange", copy.deepcopy(outer)))
    assert names(info).count("PhotonScan parquet") == 1
    assert names(info).count("ReusedExchange") == 3


def test_subqueries_hang_by_their_own_link_come_first_and_count_once() -> None:
    def subquery() -> Node:
        return node(
            "Subquery",
            node("AdaptiveSparkPlan", node("HashAggregate", ids=(8,))),
            simple="Subquery subquery#7, [id=#3]",
            ids=(7,),
        )

    info = node("Filter", node("Project", node("Scan parquet ", subquery(), ids=(1,))), subquery(), ids=(2,))
    reading = read_plan_info(info)
    assert reading.plan is not None
    assert [(o.name, o.parent, o.link) for o in reading.plan.operators] == [
        ("Filter", -1, Link.CHILD),
        ("Subquery", 0, Link.SUBQUERY),
        ("AdaptiveSparkPlan", 1, Link.CHILD),
        ("HashAggregate", 2, Link.CHILD),
        ("Project", 0, Link.CHILD),
        ("Scan parquet", 4, Link.CHILD),
    ]


@pytest.mark.parametrize(
    "holder", ["SubqueryBroadcast", "ReusedSubquery", "SubqueryAdaptiveBroadcast", "PhotonMetadataSubquery"]
)
def test_every_holder_of_a_subquery_is_one(holder: str) -> None:
    reading = read_plan_info(node("Filter", node("Scan parquet "), node(holder, ids=(1,))))
    assert reading.plan is not None
    assert {o.name: o.link for o in reading.plan.operators}[holder] is Link.SUBQUERY


def test_the_plan_that_filled_a_cache_hangs_on_its_scan_by_its_own_link() -> None:
    cached = node("WholeStageCodegen (1)", node("Project", node("Range", ids=(2,))))
    info = node(
        "AdaptiveSparkPlan",
        node("TableCacheQueryStage", node("InMemoryTableScan", cached, ids=(1,))),
        simple="AdaptiveSparkPlan isFinalPlan=true",
    )
    reading = read_plan_info(info)
    assert reading.plan is not None
    assert [(o.name, o.link) for o in reading.plan.operators][-2:] == [("Project", Link.CACHED), ("Range", Link.CHILD)]


def test_the_scan_of_a_named_cache_is_a_scan_of_a_cache() -> None:
    reading = read_plan_info(node("Scan In-memory table t", node("Range"), simple="Scan In-memory table t [k#1, n#2L]"))
    assert reading.plan is not None
    assert [(o.name, o.arguments, o.link) for o in reading.plan.operators] == [
        ("InMemoryTableScan", "t [k#1, n#2L]", Link.CHILD),
        ("Range", "", Link.CACHED),
    ]


def test_phases() -> None:
    final = node("AdaptiveSparkPlan", simple="AdaptiveSparkPlan isFinalPlan=true")
    snapshot = node("AdaptiveSparkPlan", simple="AdaptiveSparkPlan(isFinalPlan=false)")
    cached = node("InMemoryTableScan", copy.deepcopy(snapshot))
    subquery = node("Subquery", copy.deepcopy(snapshot))
    assert read_plan_info(final).phase is Phase.FINAL
    assert read_plan_info(final, phase_hint=Phase.INITIAL).phase is Phase.FINAL
    assert read_plan_info(snapshot).phase is Phase.CURRENT
    assert read_plan_info(snapshot, phase_hint=Phase.INITIAL).phase is Phase.INITIAL
    assert read_plan_info(node("Execute InsertIntoCommand", snapshot)).phase is Phase.CURRENT
    assert read_plan_info(node("Range"), phase_hint=Phase.INITIAL).phase is Phase.STATIC
    assert read_plan_info(node("AdaptiveSparkPlan", simple="AdaptiveSparkPlan")).phase is Phase.CURRENT
    assert read_plan_info(node("Project", cached)).phase is Phase.STATIC
    assert read_plan_info(node("Filter", subquery)).phase is Phase.CURRENT


def test_names_carry_no_data_and_arguments_are_bounded() -> None:
    info = node("Scan DeltaCDFRelation(" + "x" * 50_000 + ")", simple="Scan DeltaCDFRelation(" + "y" * 50_000)
    reading = read_plan_info(info)
    assert reading.plan is not None
    operator = reading.plan.operators[0]
    assert operator.name == "Scan DeltaCDFRelation"
    assert len(operator.arguments) == 4096


def test_fields_of_old_and_of_databricks_logs() -> None:
    assert names(
        {"nodeName": "WholeStageCodegen", "children": [{"nodeName": "Project", "simpleString": "*(1) Project [a#1]"}]}
    ) == ["Project"]
    assert names(
        {"nodeName": "PhotonResultStage ", "simpleString": "PhotonResultStage", "children": [], "explainId": 4}
    ) == ["PhotonResultStage"]
    assert names({"Event": "x", "sparkPlanInfo": node("Range")}) == ["Range"]


def test_damage_is_said_and_the_rest_is_read() -> None:
    info = node("Project", node("Filter"), ids=(1,))
    info["children"] += [None, 7, "Filter"]
    info["metrics"] += [{"name": "rows"}, None]
    reading = read_plan_info(info)
    assert reading.plan is not None
    assert len(reading.plan) == 2
    assert [problem.id for problem in reading.problems] == ["truncated-plan"]
    assert "5 entries" in reading.problems[0].sentence


def test_half_a_surrogate_pair_does_not_reach_the_output() -> None:
    reading = read_plan_info_json('{"nodeName":"Project","simpleString":"Project [\\ud800a]","children":[]}')
    assert reading.plan is not None
    reading.plan.operators[0].arguments.encode()


@pytest.mark.parametrize(
    "value", [None, 1, 1.5, True, "", "Project", [], [1], {}, {"a": 1}, {"nodeName": 3, "children": []}]
)
def test_what_is_no_plan_is_unreadable(value: object) -> None:
    reading = read_plan_info(value)
    assert reading.plan is None
    assert [problem.id for problem in reading.problems] == ["unreadable"]
    assert read_plan_info_json(json.dumps(value)).problems[0].id == "unreadable"


@pytest.mark.parametrize("text", ["", "{", '{"nodeName":', "\x00", b"\xff\xfe", b"PAR1"])
def test_what_is_no_json_is_unreadable(text: str | bytes) -> None:
    assert [problem.id for problem in read_plan_info_json(text).problems] == ["unreadable"]


def deep_json(levels: int) -> str:
    return '{"nodeName":"Project","simpleString":"Project","children":[' * levels + "]}" * levels


def test_ten_thousand_levels_are_read_and_one_more_is_too_large() -> None:
    reading = read_plan_info_json(deep_json(10_000))
    assert reading.plan is not None
    assert reading.plan.depths[-1] == 9_999
    too_deep = read_plan_info_json(deep_json(10_001))
    assert too_deep.plan is None
    assert [problem.id for problem in too_deep.problems] == ["too-large"]


def test_a_hundred_thousand_operators_are_read_and_one_more_is_too_large() -> None:
    leaf = {"nodeName": "Range", "simpleString": "Range"}
    widest = read_plan_info({"nodeName": "Union", "simpleString": "Union", "children": [leaf] * 99_999})
    assert widest.plan is not None
    assert len(widest.plan) == 100_000
    wider = read_plan_info({"nodeName": "Union", "simpleString": "Union", "children": [leaf] * 100_000})
    assert [problem.id for problem in wider.problems] == ["too-large"]


def tangled(size: int) -> Node:
    """A left-deep plan with a reuse at every level."""
    numbers = count()
    info = node("Range", ids=(next(numbers),))
    for _ in range(size):
        i = next(numbers)
        info = node(
            "Union",
            info,
            node("ReusedExchange", node("Exchange", node("Project"), ids=(i,))),
            node("Exchange", ids=(i,)),
        )
    return info


def steps_for(size: int) -> int:
    taken: list[int] = []
    read_plan_info(tangled(size), tick=taken.append)
    return sum(taken)


def test_ten_times_the_plan_takes_at_most_twelve_times_the_steps() -> None:
    assert 0 < steps_for(800) <= 12 * steps_for(80)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["nodeName", "simpleString", "children", "metrics", "metadata", "name", "accumulatorId"]),
            inner,
            max_size=5,
        )
    ),
    max_leaves=30,
)
NAMES = st.sampled_from(
    [
        "Project",
        "WholeStageCodegen (1)",
        "InputAdapter",
        "ReusedExchange",
        "ReusedSubquery",
        "Subquery",
        "InMemoryTableScan",
        "AdaptiveSparkPlan",
        "",
        " ",
        "*(1) Sort",
        "Scan csv ",
    ]
)
PLANS = st.recursive(
    st.builds(node, NAMES, ids=st.lists(st.integers(0, 4), max_size=2).map(tuple)),
    lambda inner: st.builds(
        lambda name, children, ids: node(name, *children, ids=ids),
        NAMES,
        st.lists(inner, max_size=3),
        st.lists(st.integers(0, 9), max_size=2).map(tuple),
    ),
    max_leaves=15,
)


@given(VALUES)
def test_any_json_value_gives_a_reading(value: object) -> None:
    reading = read_plan_info(value)
    assert reading.plan is not None or reading.problems
    assert isinstance(looks_like_plan_info(value), bool)


@settings(max_examples=200)
@given(PLANS, st.data())
def test_mutated_plans_give_a_reading(info: Node, data: st.DataObject) -> None:
    places = [info]
    for place in places:
        places.extend(child for child in place["children"] if isinstance(child, dict))
    victim = data.draw(st.sampled_from(places))
    key = data.draw(st.sampled_from(sorted(victim)))
    victim[key] = data.draw(VALUES)
    reading = read_plan_info(info)
    assert reading.plan is not None or reading.problems
    if reading.plan is not None:
        assert len(reading.plan) <= len(json.dumps(info, default=str))


@given(PLANS)
def test_no_accumulator_of_an_operator_is_lost_or_owned_twice_through_a_reuse(info: Node) -> None:
    pending, expected = [info], set()
    while pending:
        entry = pending.pop()
        pending.extend(entry["children"])
        if not entry["nodeName"].startswith(("WholeStageCodegen", "InputAdapter")):
            expected |= {metric["accumulatorId"] for metric in entry["metrics"]}
    reading = read_plan_info(info)
    assert reading.plan is not None
    assert {metric.accumulator_id for operator in reading.plan.operators for metric in operator.metrics} == expected


@given(PLANS)
def test_sniffing(info: Node) -> None:
    assert looks_like_plan_info(info)
    assert looks_like_plan_info({"sparkPlanInfo": info})
    assert not looks_like_plan_info({"graphs": []})

"""The document around a profile's graphs: times, names, metrics, explanation, and what is kept of the customer's."""

from __future__ import annotations

import json
from typing import Any

import pytest

from clusop.plan.naming import MAX_ARGUMENT_CHARS
from clusop.plan.node import Metric, Operator
from clusop.plan.profile import looks_like_query_profile, read_query_profile, read_query_profile_json
from clusop.plan.profile.tags import node_name
from clusop.plan.reading import ABSENT, ExplanationBlock, ExplanationVerdict

QUERY_TEXT = "SELECT name FROM people WHERE ssn = '078-05-1120'"


def document(**changes: Any) -> dict[str, Any]:  # Any: JSON
    built: dict[str, Any] = {
        "query": {
            "id": "01f0-abc",
            "status": "FINISHED",
            "statementType": "SELECT",
            "queryText": QUERY_TEXT,
            "queryStartTimeMs": 1_700_000_000_000,
            "queryEndTimeMs": 1_700_000_009_000,
            "isFinal": True,
            "metrics": {"taskTotalTimeMs": 1000, "photonTotalTimeMs": 900, "totalTimeMs": 9000},
            "channelUsed": {"dbsqlVersion": "2025.16"},
        },
        "graphs": [
            {"nodes": [{"id": "1", "name": "Sort", "tag": "SORT_EXEC", "metadata": [], "metrics": []}], "edges": []}
        ],
    }
    built.update(changes)
    return built


def only_operator(entry: dict[str, Any]) -> Operator:
    plan = read_query_profile(document(graphs=[{"nodes": [entry], "edges": []}])).graphs[0].plan
    assert plan is not None
    return plan.operators[0]


def test_the_facts_of_the_query() -> None:
    reading = read_query_profile(document())
    assert (reading.query_id, reading.status, reading.statement_type) == ("01f0-abc", "FINISHED", "SELECT")
    assert (reading.run_ms, reading.native_ms, reading.total_ms) == (1000, 900, 9000)
    assert (reading.start_at_ms, reading.end_at_ms) == (1_700_000_000_000, 1_700_000_009_000)
    assert (reading.dbsql_version, reading.is_final, reading.problems) == ("2025.16", True, ())
    assert read_query_profile_json(json.dumps(document())) == reading


def test_the_text_of_the_query_is_not_kept_but_tells_equal_queries() -> None:
    reading = read_query_profile(document())
    assert "078" not in repr(reading)
    respaced = document()
    respaced["query"]["queryText"] = QUERY_TEXT.replace(" ", "\n  ")
    assert read_query_profile(respaced).query_text_hash == reading.query_text_hash != ""
    respaced["query"]["queryText"] = "SELECT 1"
    assert read_query_profile(respaced).query_text_hash != reading.query_text_hash
    respaced["query"]["queryText"] = None
    assert read_query_profile(respaced).query_text_hash == ""


def test_numbers_as_text_and_names_in_snake_case() -> None:
    other = document()
    other["query"].update(
        metrics={"task_total_time_ms": "1000", "photon_total_time_ms": 900.0}, queryStartTimeMs="5", id=77
    )
    reading = read_query_profile(other)
    assert (reading.run_ms, reading.native_ms, reading.start_at_ms, reading.query_id) == (1000, 900, 5, "77")


@pytest.mark.parametrize("value", [None, True, "many", -1, 1.5, [], "9" * 5000])
def test_what_is_no_time_is_absent_and_not_zero(value: object) -> None:
    other = document()
    other["query"]["metrics"] = {"taskTotalTimeMs": value}
    reading = read_query_profile(other)
    assert (reading.run_ms, reading.native_ms) == (None, None)


def test_a_running_query_and_one_without_graphs_say_so() -> None:
    running = document(graphs=[])
    running["query"].update(status="RUNNING", isFinal=False)
    assert [problem.id for problem in read_query_profile(running).problems] == ["query-running", "empty"]
    assert read_query_profile(document(graphs=[None, {}])).graphs[0].problems[0].id == "unreadable"
    assert read_query_profile(document(graphs=[{}])).graphs[0].problems[0].id == "empty"


def test_several_graphs_are_read_each() -> None:
    command = {
        "nodes": [{"id": "7", "name": "Replace Table a.b.c", "tag": "UNKNOWN_SPARK_PLAN.AtomicReplaceTableAsSelect"}],
        "edges": [],
    }
    reading = read_query_profile(document(graphs=[command, *document()["graphs"]]))
    assert [graph.plan.operators[0].name for graph in reading.graphs if graph.plan] == [
        "AtomicReplaceTableAsSelect",
        "Sort",
    ]


@pytest.mark.parametrize(
    ("tag", "name"),
    [
        ("PHOTON_GROUPING_AGG_EXEC", "PhotonGroupingAgg"),
        ("PHOTON_GROUPING_AGG_WITH_ROLLUP_EXEC", "PhotonGroupingAggWithRollup"),
        ("PHOTON_TOPK_EXEC", "PhotonTopK"),
        ("PHOTON_BROADCAST_NESTED_LOOP_JOIN_EXEC", "PhotonBroadcastNestedLoopJoin"),
        ("PHOTON_ROW_TO_COLUMNAR", "PhotonRowToColumnar"),
        ("PHOTON_NATIVE_UNION_EXEC", "PhotonUnion"),
        ("PHOTON_JSON_SCAN_EXEC", "PhotonJsonScan"),
        ("HASH_AGGREGATE_EXEC", "HashAggregate"),
        ("OBJECT_HASH_AGGREGATE_EXEC", "ObjectHashAggregate"),
        ("SORT_MERGE_JOIN_EXEC", "SortMergeJoin"),
        ("BATCH_EVAL_PYTHON_EXEC", "BatchEvalPython"),
        ("FLAT_MAP_GROUPS_IN_PANDAS_EXEC", "FlatMapGroupsInPandas"),
        ("ARROW_EVAL_PYTHON_UDTF_EXEC", "ArrowEvalPythonUDTF"),
        ("COLUMNAR_TO_ROW_EXEC", "ColumnarToRow"),
        ("SHUFFLE_EXCHANGE_EXEC", "Exchange"),
        ("LOCAL_TABLE_SCAN_EXEC", "LocalTableScan"),
        ("IN_MEMORY_TABLE_SCAN_EXEC", "InMemoryTableScan"),
        ("RDD_SCAN_EXEC", "Scan ExistingRDD"),
        ("REUSED_EXCHANGE_EXEC", "ReusedExchange"),
        ("SUBQUERY_BROADCAST_EXEC", "SubqueryBroadcast"),
        ("UNKNOWN_ADAPTIVE_SPARK_PLAN_EXEC", "AdaptiveSparkPlan"),
        ("UNKNOWN_SPARK_PLAN.TakeOrderedAndProject", "TakeOrderedAndProject"),
        ("UNKNOWN_PHOTONIZED_NODE.PhotonLocalLimit", "PhotonLocalLimit"),
        ("UNKNOWN.PhotonSortAggregate", "PhotonSortAggregate"),
        ("EXECUTED_COMMAND_EXEC", "Execute Command"),
        ("SOME_FUTURE_THING_EXEC", "SomeFutureThing"),
    ],
)
def test_names_from_tags(tag: str, name: str) -> None:
    assert node_name(tag, "Any Title", {}, native=False) == name


@pytest.mark.parametrize(
    ("metadata", "native", "name"),
    [
        ({"SCAN_RELATION_DESC": "parquet"}, True, "PhotonScan parquet"),
        ({}, True, "PhotonScan"),
        ({"IS_DELTA": "true"}, True, "PhotonScan parquet"),
        ({"IS_DELTA": "true"}, False, "Scan parquet"),
        ({"SCAN_RELATION_DESC": "CSV"}, False, "Scan CSV"),
        ({"SCAN_RELATION_NAME": "JDBCRelation(people) [numPartitions=1]"}, False, "Scan JDBCRelation"),
        ({}, False, "Scan"),
    ],
)
def test_names_of_scans(metadata: dict[str, str], name: str, *, native: bool) -> None:
    assert node_name("UNKNOWN_DATA_SOURCE_SCAN_EXEC", "Scan shop.sales", metadata, native=native) == name


@pytest.mark.parametrize(
    ("title", "native", "name"),
    [
        ("Hash Aggregate", False, "HashAggregate"),
        ("Grouping Aggregate", True, "PhotonGroupingAggregate"),
        ("Scan main.people", False, "Scan"),
        ("Replace Table main.people", False, "ReplaceTable"),
        ("main.people", False, "Unknown"),
        ("", True, "Unknown"),
    ],
)
def test_without_a_tag_the_plain_words_of_the_title_count(title: str, name: str, *, native: bool) -> None:
    assert node_name("", title, {}, native=native) == name


def test_what_a_command_is_called_comes_from_its_title() -> None:
    assert (
        node_name("EXECUTED_COMMAND_EXEC", "Execute CreateViewCommand main.people", {}, native=False)
        == "Execute CreateViewCommand"
    )


def test_metrics_have_the_names_of_event_logs_and_their_values() -> None:
    metrics = [
        {"label": "Exclusive time", "key": "EXCLUSIVE_TIME", "metricType": "TIMING_METRIC_NS", "value": 12},
        {"label": "Source - Exclusive time", "key": "EXCLUSIVE_TIME", "metricType": "TIMING_METRIC_NS", "value": "5"},
        {"label": "Time in aggregation build", "key": "UNKNOWN_KEY", "metricType": "TIMING_METRIC_MS", "value": 3},
        {"label": "Spill size", "key": "UNKNOWN_KEY", "metricType": "SIZE_METRIC_BYTES", "value": 0},
        {"label": "Records read", "key": "UNKNOWN_KEY", "metricType": "UNKNOWN_TYPE", "value": 4},
        {"label": "Broken", "value": None},
        None,
    ]
    operator = only_operator({"id": 1, "tag": "PHOTON_SORT_EXEC", "metrics": metrics})
    assert operator.metrics == (
        Metric("exclusive time", "nsTiming", value=12),
        Metric("exclusive time", "nsTiming", value=5),
        Metric("time in aggregation build", "timing", value=3),
        Metric("spill size", "size", value=0),
        Metric("records read", "sum", value=4),
    )


def test_arguments_tell_the_work_without_paths_and_are_bounded() -> None:
    metadata = [
        {"key": "IS_PHOTON", "label": "Photonized", "value": "false"},
        {"key": "AGGREGATE_EXPRESSIONS", "label": "Aggregate expressions", "values": ["pivotfirst(a)", "sum(b)"]},
        {"key": "SCAN_FILE_PATHS", "label": "Paths", "values": ["s3://bucket/people"]},
        {"key": "PROJECTION", "label": "Projected columns", "values": ["x" * 10_000] * 3},
    ]
    operator = only_operator({"id": "1", "tag": "HASH_AGGREGATE_EXEC", "metaData": metadata})
    assert operator.arguments.startswith("Aggregate expressions: pivotfirst(a), sum(b); Projected columns: xxx")
    assert "s3://" not in operator.arguments
    assert len(operator.arguments) <= MAX_ARGUMENT_CHARS
    assert operator.flagged_native is False


def test_the_engine_s_words_become_blocks_without_the_customer_s_table() -> None:
    described = "AppendDataExecV1, DeltaTableV2(...,Some(CatalogTable(Owner: someone@example.com"
    entries = [
        {
            "sparkPlanId": 1,
            "exprId": "e1",
            "reason": "AppendDataExecV1 is a Photon fallback.",
            "params": [{"paramValue": described}],
        },
        {
            "sparkPlanId": 1,
            "reason": "Unsupported aggregation function pivotfirst for aggregation mode: Partial.",
            "params": [],
        },
        {
            "sparkPlanId": 99,
            "reason": "soundex(name) is not supported: The expression `soundex` is currently unimplemented.",
        },
        {"reason": "Unsupported node: SortMergeJoin [a], [b], Inner."},
        {"reason": "", "params": [{"paramName": None, "paramValue": described}]},
        {"reason": "Something new."},
        None,
    ]
    nodes = document()["graphs"][0]["nodes"]
    explained = (
        read_query_profile(document(graphs=[{"nodes": nodes, "edges": [], "photonExplain": entries}]))
        .graphs[0]
        .explanation
    )
    assert explained.verdict is ExplanationVerdict.NOT_FULLY
    assert explained.blocks == (
        ExplanationBlock("AppendDataV1", "node", "AppendDataExecV1 is a Photon fallback.", "Sort"),
        ExplanationBlock("pivotfirst", "aggregate", "Partial", "Sort"),
        ExplanationBlock("soundex(name)", "expression", "The expression `soundex` is currently unimplemented.", ""),
        ExplanationBlock(
            "SortMergeJoin [a], [b], Inner", "node", "Unsupported node: SortMergeJoin [a], [b], Inner.", ""
        ),
        ExplanationBlock("AppendDataV1", "node", "", ""),
        ExplanationBlock("", "other", "Something new.", ""),
    )
    assert "someone" not in repr(explained)


def test_an_empty_explanation_says_nothing() -> None:
    assert (
        read_query_profile(document(graphs=[{"nodes": document()["graphs"][0]["nodes"], "photonExplain": []}]))
        .graphs[0]
        .explanation
        == ABSENT
    )


def test_sniffing() -> None:
    assert looks_like_query_profile(document())
    assert looks_like_query_profile({"query": {"id": "x"}, "planMetadatas": []})
    assert looks_like_query_profile({"graphs": [{"nodes": []}]})
    assert not looks_like_query_profile({"query": {"id": "x"}})
    assert not looks_like_query_profile({"nodeName": "Project", "children": []})
    assert not looks_like_query_profile([document()])


@pytest.mark.parametrize("text", ["", "[]", "{}", "\x00", "{" * 5000, b"\xff"])
def test_what_is_no_profile_is_unreadable(text: str | bytes) -> None:
    assert [problem.id for problem in read_query_profile_json(text).problems] == ["unreadable"]

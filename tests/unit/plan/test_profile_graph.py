"""A profile's graph becomes a tree: every operator once, boxes in their place, damage said."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from clusop.plan.node import Link, Plan
from clusop.plan.profile import looks_like_query_profile, read_query_profile
from clusop.plan.reading import Phase, PlanReading

Node = dict[str, Any]


def node(number: int | str, tag: str, *, group: int | str = "", stages: tuple[int, ...] = (), **metadata: str) -> Node:
    entries = [{"key": key, "label": key.capitalize(), "value": value, "values": []} for key, value in metadata.items()]
    built: Node = {
        "id": str(number),
        "name": "Some Title",
        "tag": tag,
        "metadata": entries,
        "metrics": [],
        "stageLinks": list(stages),
    }
    if group:
        built["subgraphParent"] = str(group)
    return built


def edges(*pairs: tuple[int | str, int | str]) -> list[Node]:
    return [{"fromId": str(source), "toId": str(target)} for source, target in pairs]


def reading_of(nodes: list[Node], joined: list[Node], **query: object) -> PlanReading:
    (graph,) = read_query_profile({"query": query, "graphs": [{"nodes": nodes, "edges": joined}]}).graphs
    return graph


def plan_of(nodes: list[Node], joined: list[Node]) -> Plan:
    plan = reading_of(nodes, joined).plan
    assert plan is not None
    return plan


def outline(plan: Plan) -> list[str]:
    return ["  " * depth + operator.name for depth, operator in zip(plan.depths, plan.operators, strict=True)]


def test_stage_boxes_stand_above_their_members_and_above_the_sink_that_feeds_the_reader() -> None:
    nodes = [
        node(1, "UNKNOWN_ADAPTIVE_SPARK_PLAN_EXEC"),
        node(2, "UNKNOWN_SPARK_PLAN.ResultQueryStage", CHILD_TAG="Final"),
        node(3, "COLUMNAR_TO_ROW_EXEC", group=30),
        node(4, "PHOTON_GROUPING_AGG_EXEC", group=40, IS_PHOTON="true"),
        node(5, "PHOTON_SHUFFLE_EXCHANGE_SINK_EXEC", group=40, IS_PHOTON="true", stages=(8, 7)),
        node(6, "PHOTON_GROUPING_AGG_EXEC", group=50, IS_PHOTON="true"),
        node(7, "UNKNOWN_DATA_SOURCE_SCAN_EXEC", group=50, IS_PHOTON="true", SCAN_RELATION_DESC="parquet"),
        node(50, "PHOTON_SHUFFLE_MAP_STAGE_EXEC", IS_PHOTON="true", stages=(7,)),
        node(40, "PHOTON_RESULT_STAGE_EXEC", IS_PHOTON="true", stages=(8,)),
        node(30, "WHOLE_STAGE_CODEGEN_EXEC", stages=(8,)),
    ]
    plan = plan_of(nodes, edges((1, 2), (2, 3), (3, 4), (4, 5), (5, 6), (6, 7)))
    assert outline(plan) == [
        "AdaptiveSparkPlan",
        "  ResultQueryStage",
        "    ColumnarToRow",
        "      PhotonResultStage",
        "        PhotonGroupingAgg",
        "          PhotonShuffleMapStage",
        "            PhotonShuffleExchangeSink",
        "              PhotonGroupingAgg",
        "                PhotonScan parquet",
    ]
    assert [operator.codegen for operator in plan.operators] == [None, None, 0, None, None, None, None, None, None]
    assert [operator.stage_ids for operator in plan.operators[2:]] == [(8,), (8,), (8,), (7,), (8, 7), (7,), (7,)]
    assert len(plan.codegens) == 1


def test_a_shuffle_sink_drawn_in_its_own_stage_stands_below_it() -> None:
    nodes = [
        node(1, "PHOTON_RUNTIME_FILTER_SOURCE_EXEC", IS_PHOTON="true"),
        node(2, "PHOTON_SHUFFLE_EXCHANGE_SINK_EXEC", group=9, IS_PHOTON="true"),
        node(3, "PHOTON_AGG_EXEC", group=9, IS_PHOTON="true"),
        node(9, "PHOTON_SHUFFLE_MAP_STAGE_EXEC", IS_PHOTON="true"),
    ]
    assert outline(plan_of(nodes, edges((1, 2), (2, 3)))) == [
        "PhotonRuntimeFilterSource",
        "  PhotonShuffleMapStage",
        "    PhotonShuffleExchangeSink",
        "      PhotonAgg",
    ]


def test_a_box_without_members_is_left_out_and_said_and_one_at_the_top_is_the_root() -> None:
    nodes = [
        node(1, "PHOTON_PARQUET_WRITER_EXEC", group=2),
        node(2, "PHOTON_WRITE_STAGE_EXEC"),
        node(3, "PHOTON_RESULT_STAGE_EXEC"),
        node(4, "X", group=3),
    ]
    nodes[3]["id"] = None
    reading = reading_of(nodes, [])
    assert reading.plan is not None
    assert outline(reading.plan) == ["PhotonWriteStage", "  PhotonParquetWriter", "PhotonResultStage"]
    assert [problem.id for problem in reading.problems] == ["truncated-plan"]


def test_shared_children_stand_below_their_first_real_parent_and_reuses_are_leaves() -> None:
    nodes = [
        node("u", "UNION_EXEC"),
        node("r", "REUSED_EXCHANGE_EXEC"),
        node("s", "UNKNOWN_SPARK_PLAN.ShuffleQueryStage"),
        node("e", "SHUFFLE_EXCHANGE_EXEC"),
        node("f", "FILTER_EXEC"),
        node("rs", "REUSED_SUBQUERY_EXEC"),
        node("q", "SUBQUERY_EXEC"),
    ]
    joined = edges(("u", "r"), ("r", "e"), ("u", "s"), ("s", "e"), ("u", "f"), ("f", "rs"), ("rs", "q"), ("s", "q"))
    plan = plan_of(nodes, joined)
    assert outline(plan) == [
        "Union",
        "  ReusedExchange",
        "  ShuffleQueryStage",
        "    Subquery",
        "    Exchange",
        "  Filter",
        "    ReusedSubquery",
    ]
    assert [operator.link for operator in plan.operators if "Subquery" in operator.name] == [
        Link.SUBQUERY,
        Link.SUBQUERY,
    ]


def test_what_only_a_reuse_shows_stays_below_the_first() -> None:
    nodes = [
        node("u", "UNION_EXEC"),
        node("r", "REUSED_EXCHANGE_EXEC"),
        node("t", "REUSED_EXCHANGE_EXEC"),
        node("e", "SHUFFLE_EXCHANGE_EXEC"),
    ]
    assert outline(plan_of(nodes, edges(("u", "r"), ("u", "t"), ("r", "e"), ("t", "e")))) == [
        "Union",
        "  ReusedExchange",
        "    Exchange",
        "  ReusedExchange",
    ]


def test_a_reuse_shows_the_stage_box_whose_members_are_elsewhere_as_a_leaf() -> None:
    nodes = [
        node(1, "UNION_EXEC"),
        node(2, "REUSED_EXCHANGE_EXEC"),
        node(3, "PHOTON_SHUFFLE_EXCHANGE_SINK_EXEC", IS_PHOTON="true"),
        node(4, "PHOTON_PROJECT_EXEC", group=9, IS_PHOTON="true"),
        node(9, "PHOTON_SHUFFLE_MAP_STAGE_EXEC", IS_PHOTON="true"),
    ]
    plan = plan_of(nodes, edges((1, 2), (2, 9), (1, 3), (3, 4)))
    assert outline(plan) == [
        "Union",
        "  ReusedExchange",
        "  PhotonShuffleMapStage",
        "    PhotonShuffleExchangeSink",
        "      PhotonProject",
    ]


def test_codegen_with_edges_is_passed_through() -> None:
    nodes = [
        node(1, "WHOLE_STAGE_CODEGEN_EXEC"),
        node(2, "HASH_AGGREGATE_EXEC"),
        node(3, "SHUFFLE_EXCHANGE_EXEC"),
        node(4, "PROJECT_EXEC"),
    ]
    plan = plan_of(nodes, edges((1, 2), (2, 3), (3, 4)))
    assert outline(plan) == ["HashAggregate", "  Exchange", "    Project"]
    assert [operator.codegen for operator in plan.operators] == [0, 0, None]


def test_the_initial_plan_beside_the_final_one_is_left_out() -> None:
    nodes = [
        node(1, "UNKNOWN_ADAPTIVE_SPARK_PLAN_EXEC"),
        node(2, "SORT_EXEC", CHILD_TAG="Initial"),
        node(3, "PHOTON_SORT_EXEC", CHILD_TAG="Final", IS_PHOTON="true"),
        node(4, "PROJECT_EXEC"),
        node(5, "PHOTON_PROJECT_EXEC", IS_PHOTON="true"),
    ]
    reading = reading_of(nodes, edges((1, 2), (1, 3), (2, 4), (2, 5), (3, 5)))
    assert reading.plan is not None
    assert outline(reading.plan) == ["AdaptiveSparkPlan", "  PhotonSort", "    PhotonProject"]
    assert reading.phase is Phase.FINAL
    assert reading.problems == ()


def test_phases() -> None:
    def phase(child: str, **query: object) -> Phase:
        return reading_of(
            [node(1, "UNKNOWN_ADAPTIVE_SPARK_PLAN_EXEC"), node(2, "SORT_EXEC", CHILD_TAG=child)], edges((1, 2)), **query
        ).phase

    assert phase("Initial", isFinal=True) is Phase.INITIAL
    assert phase("Final") is Phase.FINAL
    assert phase("", isFinal=True) is Phase.FINAL
    assert phase("", isFinal=False) is Phase.CURRENT
    assert reading_of([node(2, "SORT_EXEC")], [], isFinal=False).phase is Phase.STATIC


def test_rings_missing_ends_repeated_and_missing_ids_are_repaired_and_said() -> None:
    nodes = [
        node(1, "SORT_EXEC"),
        node(2, "PROJECT_EXEC"),
        node(3, "FILTER_EXEC"),
        node(2, "UNION_EXEC"),
        node("", "UNION_EXEC"),
        5,
    ]
    joined = [*edges((2, 3), (3, 2), (1, 9), (1, 1), (2, 3)), None, {"fromId": ["1"]}]
    reading = reading_of(nodes, joined)
    assert reading.plan is not None
    assert outline(reading.plan) == ["Sort", "Project", "  Filter"]
    told = {problem.id: problem.sentence for problem in reading.problems}
    assert set(told) == {"truncated-plan", "broken-graph"}
    assert "4 edges without an end" in told["truncated-plan"]
    assert "2 nodes without an id" in told["truncated-plan"]
    assert "1 repeated ids" in told["broken-graph"]
    assert "1 rings" in told["broken-graph"]


def chain(levels: int) -> tuple[list[Node], list[Node]]:
    return [node(i, "PROJECT_EXEC") for i in range(levels)], edges(*((i, i + 1) for i in range(levels - 1)))


def test_ten_thousand_levels_are_read_and_one_more_is_too_large() -> None:
    assert plan_of(*chain(10_000)).depths[-1] == 9_999
    too_deep = reading_of(*chain(10_001))
    assert too_deep.plan is None
    assert [problem.id for problem in too_deep.problems] == ["too-large"]


def test_more_than_a_hundred_thousand_nodes_are_too_large() -> None:
    assert [problem.id for problem in reading_of([{}] * 100_001, []).problems] == ["too-large"]


def tangled(size: int) -> dict[str, Any]:
    """Every node shares a child, has a reuse and a box, and stands in a wide row."""
    nodes, pairs = [node("root", "UNION_EXEC"), node("shared", "SHUFFLE_EXCHANGE_EXEC")], []
    for i in range(size):
        nodes += [
            node(f"p{i}", "PHOTON_PROJECT_EXEC", group=f"b{i}"),
            node(f"b{i}", "PHOTON_RESULT_STAGE_EXEC"),
            node(f"r{i}", "REUSED_EXCHANGE_EXEC"),
        ]
        nodes += [
            node(f"i{i}", "UNKNOWN_ADAPTIVE_SPARK_PLAN_EXEC"),
            node(f"j{i}", "SORT_EXEC", CHILD_TAG="Initial"),
            node(f"f{i}", "SORT_EXEC", CHILD_TAG="Final"),
        ]
        pairs += [
            ("root", f"p{i}"),
            (f"p{i}", f"r{i}"),
            (f"r{i}", "shared"),
            (f"p{i}", f"i{i}"),
            (f"i{i}", f"j{i}"),
            (f"i{i}", f"f{i}"),
            (f"j{i}", "shared"),
        ]
    return {"graphs": [{"nodes": nodes, "edges": edges(*pairs)}]}


def steps_for(size: int) -> int:
    taken: list[int] = []
    read_query_profile(tangled(size), tick=taken.append)
    return sum(taken)


def test_ten_times_the_graph_takes_at_most_twelve_times_the_steps() -> None:
    assert 0 < steps_for(1000) <= 12 * steps_for(100)


IDS = st.sampled_from(["1", "2", "3", "4", "5", "6"])
TAGS = st.sampled_from(
    [
        "PROJECT_EXEC",
        "REUSED_EXCHANGE_EXEC",
        "WHOLE_STAGE_CODEGEN_EXEC",
        "PHOTON_RESULT_STAGE_EXEC",
        "PHOTON_SHUFFLE_EXCHANGE_SINK_EXEC",
        "SUBQUERY_EXEC",
        "UNKNOWN_ADAPTIVE_SPARK_PLAN_EXEC",
        "",
    ]
)
NODES = st.lists(
    st.builds(
        lambda i, tag, group, child: node(i, tag, group=group, CHILD_TAG=child),
        IDS,
        TAGS,
        st.sampled_from(["", "1", "2", "3", "9"]),
        st.sampled_from(["", "Final", "Initial"]),
    ),
    max_size=8,
)
EDGES = st.lists(st.tuples(IDS, IDS), max_size=14).map(lambda pairs: edges(*pairs))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | IDS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    "graphs",
                    "query",
                    "nodes",
                    "edges",
                    "id",
                    "tag",
                    "fromId",
                    "toId",
                    "metadata",
                    "metrics",
                    "key",
                    "value",
                    "values",
                    "photonExplain",
                ]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=30,
)


@settings(max_examples=200)
@given(NODES, EDGES)
def test_any_graph_gives_every_operator_at_most_once(nodes: list[Node], joined: list[Node]) -> None:
    reading = reading_of(nodes, joined)
    if reading.plan is None:
        assert reading.problems
        return
    distinct = {entry["id"]: entry["tag"] for entry in reversed(nodes)}
    assert len(reading.plan) <= len(distinct)
    everything_shown = not any("plan" in problem.id or "graph" in problem.id for problem in reading.problems)
    adaptive = any(operator.name == "AdaptiveSparkPlan" for operator in reading.plan.operators)
    if everything_shown and not adaptive:
        assert len(reading.plan) == sum(tag != "WHOLE_STAGE_CODEGEN_EXEC" for tag in distinct.values())


@given(NODES, EDGES, VALUES, st.data())
def test_mutated_profiles_give_a_reading(
    nodes: list[Node], joined: list[Node], junk: object, data: st.DataObject
) -> None:
    document: dict[str, Any] = {
        "query": {"status": "FINISHED", "metrics": {}},
        "graphs": [{"nodes": nodes, "edges": joined, "photonExplain": []}],
    }
    victim = data.draw(st.sampled_from([document, document["query"], document["graphs"][0], *nodes, *joined]))
    victim[data.draw(st.sampled_from(sorted(victim)))] = junk
    reading = read_query_profile(document)
    assert all(graph.plan is not None or graph.problems for graph in reading.graphs)
    assert reading.graphs or reading.problems


@given(VALUES)
def test_any_json_value_gives_a_reading(value: object) -> None:
    reading = read_query_profile(value)
    assert reading.graphs or reading.problems
    assert isinstance(looks_like_query_profile(value), bool)

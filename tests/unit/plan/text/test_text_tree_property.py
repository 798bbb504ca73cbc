from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from readings import named_edges
from spark_printer import Spec, explain, judged_edges

from clusop.plan.text import read_explain_text

COUNTER = st.integers(min_value=1, max_value=10**6)
LEAVES = ["LocalTableScan", "PhotonScan", "ReusedExchange", "HiveTableScan"]
UNARY = ["Project", "Filter", "ColumnarToRow", "PhotonProject", "PhotonResultStage", "Exchange"]
BINARY = ["SortMergeJoin", "PhotonBroadcastHashJoin", "Union"]


def leaves() -> st.SearchStrategy[Spec]:
    return st.builds(lambda name, n: Spec(f"{name} [a#{n}]"), st.sampled_from(LEAVES), COUNTER)


def extend(children: st.SearchStrategy[Spec]) -> st.SearchStrategy[Spec]:
    def holder(child: Spec, number: int) -> Spec:
        return Spec(f"Subquery subquery#{number}, [id=#{number}]", [child])

    subqueries = st.lists(st.builds(holder, children, COUNTER), max_size=2)
    unary = st.builds(
        lambda name, child, inner: Spec(f"{name} [a#1, b#2]", [child], inner),
        st.sampled_from(UNARY),
        children,
        subqueries,
    )
    many = st.builds(
        lambda name, below: Spec(f"{name} [a#1]", below),
        st.sampled_from(BINARY),
        st.lists(children, min_size=2, max_size=3),
    )
    scans = st.builds(lambda inner: Spec("HiveTableScan [a#1]", [], inner), subqueries)
    adaptive = st.builds(
        lambda titles, copies: Spec(
            f"AdaptiveSparkPlan isFinalPlan={str('Final' in titles).lower()}",
            copies=list(zip(titles, copies, strict=False)),
        ),
        st.sampled_from([("Initial",), ("Final", "Initial"), ("Current", "Initial")]),
        st.lists(children, min_size=2, max_size=2),
    )
    plain = st.builds(lambda child: Spec("AdaptiveSparkPlan isFinalPlan=false", [child]), children)
    return st.one_of(unary, many, scans, adaptive, plain)


def renumbered(spec: Spec) -> Spec:
    """The same tree with every subquery told apart: the reader counts one that is printed twice only once."""
    stack, number = [spec], 0
    while stack:
        node = stack.pop()
        if node.text.startswith("Subquery "):
            number += 1
            node.text = f"Subquery subquery#{number}, [id=#{number}]"
        stack += node.children + node.inner + [copy for _, copy in node.copies]
    return spec


@settings(max_examples=300, deadline=None)
@given(st.recursive(leaves(), extend, max_leaves=14).map(renumbered))
def test_every_tree_spark_can_print_is_read_back_exactly(spec: Spec) -> None:
    reading = read_explain_text(explain(spec))
    assert named_edges(reading) == judged_edges(spec)
    assert reading.problems == ()


def test_a_leaf_that_ends_a_nested_plan_takes_no_child_of_the_plan_around_it() -> None:
    def adaptive(root: Spec) -> Spec:
        return Spec(
            "AdaptiveSparkPlan isFinalPlan=true", copies=[("Final", root), ("Initial", Spec("LocalTableScan [z#9]"))]
        )

    innermost = Spec("Subquery subquery#2, [id=#2]", [adaptive(Spec("LocalTableScan [c#3]"))])
    middle = Spec("Filter (b#2 > 1)", [Spec("HiveTableScan [b#2]")], [innermost])
    around = Spec("Subquery subquery#1, [id=#1]", [adaptive(middle)])
    spec = adaptive(Spec("Filter (a#1 > 1)", [Spec("HiveTableScan [a#1]")], [around]))
    lines = explain(spec).split("\n")
    leaf = lines.index("            LocalTableScan [z#9]")
    assert lines[leaf + 1] == "            +- HiveTableScan [b#2]", "it stands just where a child of the leaf would"
    reading = read_explain_text("\n".join(lines))
    assert named_edges(reading) == judged_edges(spec)
    assert reading.problems == ()

"""The drawn tree is Spark's, stays linear in depth, and prints no control characters."""

from __future__ import annotations

from clusop.plan.node import Link, Operator, Plan
from clusop.plan.render import render_tree

PLAN = Plan(
    (
        Operator("Sort", -1, arguments="[a#1 ASC],   true"),
        Operator("BroadcastHashJoin", 0),
        Operator("Filter", 1),
        Operator("Subquery", 2, Link.SUBQUERY),
        Operator("Range", 3),
        Operator("ReusedSubquery", 2, Link.SUBQUERY),
        Operator("Scan parquet", 2),
        Operator("BroadcastExchange", 1),
        Operator("InMemoryTableScan", 7),
        Operator("Project", 8, Link.CACHED),
    )
)


def test_the_tree_is_drawn_as_spark_draws_it() -> None:
    assert render_tree(PLAN).splitlines() == [
        "Sort",
        "+- BroadcastHashJoin",
        "   :- Filter",
        "   :  :  :- Subquery",
        "   :  :  :  +- Range",
        "   :  :  +- ReusedSubquery",
        "   :  +- Scan parquet",
        "   +- BroadcastExchange",
        "      +- InMemoryTableScan",
        "            +- Project",
    ]


def test_marks_stand_before_and_notes_beside() -> None:
    drawn = render_tree(PLAN, {1: "0.4 s", 0: "12 %"}, {1: "✗"}, argument_chars=12).splitlines()
    assert drawn[:3] == ["Sort [a#1 ASC],  12 %", "+- ✗ BroadcastHashJoin  0.4 s", "   :- Filter"]


def test_a_forest_has_a_tree_for_each_root() -> None:
    assert (
        render_tree(Plan((Operator("Sort", -1), Operator("Range", 0), Operator("Filter", -1))))
        == "Sort\n+- Range\nFilter"
    )
    assert render_tree(Plan(())) == ""


def test_terminal_escapes_are_not_printed() -> None:
    drawn = render_tree(Plan((Operator("Sort", -1, arguments="\x1b[31mred\x00"),)), {0: "a\u202eb"}, argument_chars=50)
    assert drawn == "Sort ?[31mred?  a?b"


def test_ten_thousand_levels_are_drawn_in_linear_size() -> None:
    def size(levels: int) -> int:
        return len(render_tree(Plan(tuple(Operator("Project", index - 1) for index in range(levels)))))

    assert size(10_000) <= 12 * size(1_000)
    last = render_tree(Plan(tuple(Operator("Project", index - 1) for index in range(10_000)))).splitlines()[-1]
    assert last.startswith("[9999] ")
    assert last.endswith("+- Project")

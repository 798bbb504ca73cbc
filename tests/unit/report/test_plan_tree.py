"""The plan as lines."""

from __future__ import annotations

from dataclasses import replace

from report_samples import NATIVE_PLAN, native, plan_of, query

from clusop.plan.node import Link, Operator, Plan
from clusop.report.tree import MAX_LINES, plan_trees


def names(assessed: object) -> list[str]:
    (tree,) = plan_trees(assessed)
    return [line.guides + line.name for line in tree.lines]


def test_native_stretches_are_one_line_and_hand_overs_beside_an_island_stay() -> None:
    assert names(query()) == [
        "… 6 native operators",
        "PhotonRowToColumnar",
        "Project",
        "BatchEvalPython",
        "ColumnarToRow",
        "… 7 native operators",
    ]


def test_a_fully_native_plan_is_one_line_that_says_of_what() -> None:
    (tree,) = plan_trees(native())
    (line,) = tree.lines
    assert line.collapsed == 4
    assert line.arguments == "PhotonResultStage, PhotonGroupingAgg, PhotonProject and 1 other kind"
    assert not tree.has_islands


def test_the_cause_its_share_and_its_island_stand_at_the_operator() -> None:
    (tree,) = plan_trees(query())
    (line,) = [line for line in tree.lines if line.cause]
    assert (line.name, line.cause, line.island) == ("BatchEvalPython", "python-udf", 1)
    assert line.share == "38 % of task time, measured"
    assert line.why == "net_price(price#4)"


def test_branches_indent_and_chains_do_not() -> None:
    outline = "Sort\n Project\n  SortMergeJoin\n   Sort\n    Filter\n   Project\n    Generate\n"
    assert names(query(outline)) == [
        "Sort",
        "Project",
        "SortMergeJoin",
        "├─ Sort",
        "│  Filter",
        "└─ Project",
        "   Generate",
    ]


def test_a_line_left_out_hands_its_connector_on() -> None:
    outline = "SortMergeJoin\n ShuffleQueryStage\n  Filter\n ShuffleQueryStage\n  Generate\n"
    assert names(query(outline)) == ["SortMergeJoin", "├─ Filter", "└─ Generate"]


def test_subqueries_are_named_as_such() -> None:
    plan = plan_of("Filter\n Project\n  Generate\n")
    operators = list(plan.operators)
    operators[1] = replace(operators[1], link=Link.SUBQUERY)
    operators.append(Operator("Sample", 0))
    assessed = query("Filter\n Project\n  Generate\n Sample\n")
    judged = replace(assessed.plans[0], reading=replace(assessed.plans[0].reading, plan=Plan(tuple(operators))))
    (tree,) = plan_trees(replace(assessed, plans=(judged,)))
    assert [line.note for line in tree.lines] == ["", "subquery", "", ""]


def test_an_operator_that_did_not_run_says_so() -> None:
    assessed = query()
    judged = replace(assessed.plans[0], ran=tuple(False for _ in assessed.plans[0].ran))
    (tree,) = plan_trees(replace(assessed, plans=(judged,)))
    assert [line.note for line in tree.lines if line.name == "Project"] == ["did not run here"]


def test_ten_thousand_levels_and_branches_cost_no_recursion_and_bounded_lines() -> None:
    deep: list[Operator] = []
    for level in range(10_000):
        deep.append(Operator("SortMergeJoin", len(deep) - 2 if level else -1))
        deep.append(Operator("Generate", len(deep) - 1))
    assessed = query("Filter\n")
    wide = replace(
        assessed,
        plans=(
            replace(
                assessed.plans[0],
                reading=replace(assessed.plans[0].reading, plan=Plan(tuple(deep))),
                kinds=(assessed.plans[0].kinds[0],) * len(deep),
                island_of=(1,) * len(deep),
                ran=(True,) * len(deep),
            ),
        ),
    )
    (tree,) = plan_trees(wide)
    assert len(tree.lines) == MAX_LINES
    assert tree.hidden == len(deep) - MAX_LINES
    assert max(len(line.guides) for line in tree.lines) < 50


def test_a_plan_without_an_engine_is_not_marked() -> None:
    assert "\n".join(names(query(NATIVE_PLAN, findings=(), islands=()))).count("…") == 1

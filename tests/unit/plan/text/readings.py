"""How the tests of the text reader look at a reading."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clusop.plan.node import Link

if TYPE_CHECKING:
    from clusop.plan.reading import PlanReading

_MARKS = {Link.CHILD: "", Link.SUBQUERY: "?", Link.CACHED: "="}


def shape(reading: PlanReading) -> str:
    """The tree as nested indented names; ``?`` before a subquery, ``=`` before a cached plan."""
    assert reading.plan is not None, reading.problems
    plan = reading.plan
    return "\n".join(
        "  " * depth + _MARKS[operator.link] + operator.name
        for operator, depth in zip(plan.operators, plan.depths, strict=True)
    )


def named_edges(reading: PlanReading) -> list[tuple[str, str]]:
    assert reading.plan is not None, reading.problems
    operators = reading.plan.operators
    return [(operators[o.parent].name if o.parent >= 0 else "", o.name) for o in operators]


def problem_ids(reading: PlanReading) -> set[str]:
    return {reason.id for reason in reading.problems}

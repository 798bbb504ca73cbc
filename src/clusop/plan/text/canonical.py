"""Makes the plan of assembled parts: in pre-order with subqueries last, codegen scopes, and the phase it shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from clusop.plan.node import ROOT, Codegen, Link, Plan, quick_operator
from clusop.plan.reading import Phase
from clusop.plan.text.assemble import ADAPTIVE, Assembly, Part
from clusop.plan.text.copies import least_final

if TYPE_CHECKING:
    from clusop.plan.node import Operator
    from clusop.plan.text.physical import Detail
    from clusop.plan.text.rawtree import RawTree
    from clusop.plan.text.steps import Steps

__all__ = ["CanonicalPlan", "canonical_plan"]

_NEEDS_CHILD = (
    "Project", "Filter", "Sort", "Agg", "Aggregate", "Join", "Exchange", "Sink", "ShuffleExchangeSource", "MapStage",
    "ResultStage", "ColumnarToRow", "RowToColumnar", "QueryStage", "ShuffleRead", "Window", "Generate", "Expand", "Limit",
    "TopK", "Union", "Coalesce", "EvalPython", "AdaptiveSparkPlan", "Subquery", "SubqueryBroadcast",
)  # fmt: skip
"""What the names of operators end in that have a child."""
_CHILD = Link.CHILD
_NOTHING = -1
_NEVER_NEEDS_CHILD = frozenset({"ReusedExchange", "ReusedSubquery"})


@dataclass(frozen=True, slots=True)
class CanonicalPlan:
    """The plan and its phase; how many operators lack their detail block, how many subqueries their host, how many
    operators a child they must have.
    """

    plan: Plan
    phase: Phase
    missing_details: int
    homeless: int
    childless: int


def canonical_plan(trees: list[RawTree], details: dict[int, Detail], steps: Steps) -> CanonicalPlan:
    """Build the plan from ``trees``: the plan itself first, then formatted mode's subqueries in the order printed.

    Children stand in SparkPlanInfo's order: those that feed rows, then cached plans and subqueries.
    """
    assembly = Assembly(details)
    for tree in trees:
        steps.add(4 * len(tree.nodes))
        assembly.take(tree)
    parts = assembly.parts
    operators, codegens, childless = _operators(parts)
    return CanonicalPlan(
        Plan(operators, codegens), _phase(parts), assembly.missing_details, assembly.homeless, childless
    )


def _operators(parts: list[Part]) -> tuple[tuple[Operator, ...], tuple[Codegen, ...], int]:
    # What hangs on each part, as chains from the last to the first: no list per part. ROOT is the last entry.
    data, aside, before = [_NOTHING] * (len(parts) + 1), [_NOTHING] * len(parts), [_NOTHING] * len(parts)
    for index, part in enumerate(parts):
        chains = data if part.link is _CHILD or part.parent == ROOT else aside
        before[index] = chains[part.parent]
        chains[part.parent] = index
    childless = sum(1 for index, part in enumerate(parts) if data[index] == _NOTHING and _needs_child(part, parts))
    codegens: list[Codegen] = []
    known: dict[tuple[int, int], int] = {}
    scopes: list[int] = []
    placed = [ROOT] * len(parts)
    operators: list[Operator] = []
    stack: list[int] = []
    _push(stack, data[ROOT], before)
    while stack:
        index = stack.pop()
        part = parts[index]
        own = len(operators)
        placed[index] = own
        parent = placed[part.parent] if part.parent != ROOT else ROOT
        # Codegen numbers start anew in every subquery and cached plan.
        scope = own if parent == ROOT or part.link is not _CHILD else scopes[parent]
        scopes.append(scope)
        codegen = None
        if part.codegen:
            codegen = known.setdefault((scope, part.codegen), len(codegens))
            if codegen == len(codegens):
                codegens.append(Codegen(part.codegen))
        values = (part.name, parent, part.link, part.arguments, (), part.number, codegen, None, ())
        operators.append(quick_operator(values))
        if aside[index] != _NOTHING:
            _push(stack, aside[index], before)
        _push(stack, data[index], before)
    return tuple(operators), tuple(codegens), childless


def _push(stack: list[int], last: int, before: list[int]) -> None:
    """Put a chain on the stack so that its first comes off first."""
    while last != _NOTHING:
        stack.append(last)
        last = before[last]


def _needs_child(part: Part, parts: list[Part]) -> bool:
    if part.name in _NEVER_NEEDS_CHILD or not part.name.endswith(_NEEDS_CHILD):
        return False
    return part.parent == ROOT or not parts[part.parent].name.endswith("Command")


def _phase(parts: list[Part]) -> Phase:
    """The phase of the plan itself; that of its subqueries only where it has no adaptive part of its own."""
    own: list[Phase] = []
    of_subqueries: list[Phase] = []
    below: list[Link] = []
    for part in parts:
        above = below[part.parent] if part.parent != ROOT else _CHILD
        below.append(above if part.link is _CHILD or above is Link.CACHED else part.link)
        phase = part.phase
        if part.name == ADAPTIVE:
            phase = phase or (Phase.FINAL if "isFinalPlan=true" in part.arguments else Phase.INITIAL)
        if phase is not None and below[-1] is not Link.CACHED:
            (own if below[-1] is Link.CHILD else of_subqueries).append(phase)
    return least_final(own) if own else least_final(of_subqueries)

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
# Members of an Enum are slow to look up in Python 3.11, and these are asked for at every operator.
_CHILD, _SUBQUERY, _CACHED = Link.CHILD, Link.SUBQUERY, Link.CACHED
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
        Plan(operators, codegens),
        _phase(parts, assembly.phases),
        assembly.missing_details,
        assembly.homeless,
        childless,
    )


def _operators(parts: list[Part]) -> tuple[tuple[Operator, ...], tuple[Codegen, ...], int]:
    # What hangs on each part, as chains from the last to the first: no list per part. ROOT is the last entry.
    data, aside, before = [_NOTHING] * (len(parts) + 1), [_NOTHING] * len(parts), [_NOTHING] * len(parts)
    for index, (_, _, above, link, _, _) in enumerate(parts):
        chains = data if link is _CHILD or above == ROOT else aside
        before[index] = chains[above]
        chains[above] = index
    childless = sum(1 for index in range(len(parts)) if data[index] == _NOTHING and _needs_child(index, parts))
    codegens: list[Codegen] = []
    known: dict[tuple[int, int], int] = {}
    scopes: list[int] = []
    placed = [ROOT] * (len(parts) + 1)
    operators: list[Operator] = []
    stack: list[int] = []
    _push(stack, data[ROOT], before)
    while stack:
        index = stack.pop()
        name, arguments, above, link, number, shown_codegen = parts[index]
        own = len(operators)
        placed[index] = own
        parent = placed[above]
        # Codegen numbers start anew in every subquery and cached plan.
        scope = own if parent == ROOT or link is not _CHILD else scopes[parent]
        scopes.append(scope)
        codegen = None
        if shown_codegen:
            codegen = known.setdefault((scope, shown_codegen), len(codegens))
            if codegen == len(codegens):
                codegens.append(Codegen(shown_codegen))
        operators.append(quick_operator((name, parent, link, arguments, (), number, codegen, None, ())))
        if aside[index] != _NOTHING:
            _push(stack, aside[index], before)
        if data[index] != _NOTHING:
            _push(stack, data[index], before)
    return tuple(operators), tuple(codegens), childless


def _push(stack: list[int], last: int, before: list[int]) -> None:
    """Put a chain on the stack so that its first comes off first."""
    while last != _NOTHING:
        stack.append(last)
        last = before[last]


def _needs_child(index: int, parts: list[Part]) -> bool:
    name, _, parent, *_ = parts[index]
    if name in _NEVER_NEEDS_CHILD or not name.endswith(_NEEDS_CHILD):
        return False
    return parent == ROOT or not parts[parent][0].endswith("Command")


def _phase(parts: list[Part], phases: dict[int, Phase]) -> Phase:
    """The phase of the plan itself; that of its subqueries only where it has no adaptive part of its own."""
    told = dict(phases)
    for index, (name, arguments, _, _, _, _) in enumerate(parts):
        if name == ADAPTIVE and index not in told:
            told[index] = Phase.FINAL if "isFinalPlan=true" in arguments else Phase.INITIAL
    links = _links_of_trees(parts)
    own = [phase for index, phase in told.items() if links[index] is _CHILD]
    of_subqueries = [phase for index, phase in told.items() if links[index] is _SUBQUERY]
    return least_final(own) if own else least_final(of_subqueries)


def _links_of_trees(parts: list[Part]) -> list[Link]:
    """For each part how the tree it is in hangs in the whole: a cached plan's subqueries are cached too."""
    links = [link for _, _, _, link, _, _ in parts]
    if links.count(_CHILD) == len(links):
        return links
    for index, (_, _, parent, link, _, _) in enumerate(parts):
        above = links[parent] if parent != ROOT else _CHILD
        links[index] = above if link is _CHILD or above is _CACHED else link
    return links

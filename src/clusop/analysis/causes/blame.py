"""Which operator is to blame for the bottom of an island.

A Sort or a bare Project is native anywhere, so where one stands at the bottom it is there for what stands above it (a
SortMergeJoin's own sorts).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from clusop.analysis.causes.functions import functions_of
from clusop.analysis.islands import BRIDGES
from clusop.plan.node import ROOT

if TYPE_CHECKING:
    from clusop.analysis.assessment import JudgedPlan
    from clusop.plan.node import Operator, Plan

__all__ = ["Blame"]

_NEEDS_NO_SORT = frozenset({"HashAggregate", "Filter"})
_NOBODY = -1


class Blame:
    """Who is to blame in one judged plan. ``named`` are the operators that the engine itself names.

    Each operator is asked once, however many bottoms lead up to it.
    """

    def __init__(self, plan: Plan, judged: JudgedPlan, named: frozenset[int]) -> None:
        self._plan, self._judged, self._named = plan, judged, named
        self._answers: dict[int, int] = {}

    def of(self, index: int) -> int:
        """The operator to blame for the bottom ``index``: itself, where nobody above it can be."""
        passed: list[int] = []
        current = index
        while current not in self._answers:
            if current in self._named or not _is_harmless(self._plan.operators[current]):
                self._answers[current] = current
                break
            passed.append(current)
            above = self._above(current)
            if above == _NOBODY:
                self._answers[current] = _NOBODY
                break
            current = above
        answer = self._answers[current]
        self._answers.update(dict.fromkeys(passed, answer))
        return index if answer == _NOBODY else answer

    def _above(self, index: int) -> int:
        """The next operator of the same island above, or nobody."""
        operators, judged = self._plan.operators, self._judged
        above = operators[index].parent
        while above != ROOT and judged.island_of[above] is None and judged.kinds[above] in BRIDGES:
            above = operators[above].parent
        if above == ROOT or judged.island_of[above] != judged.island_of[index]:
            return _NOBODY
        return _NOBODY if operators[above].name in _NEEDS_NO_SORT else above


def _is_harmless(operator: Operator) -> bool:
    if operator.name == "Sort":
        return True
    return operator.name == "Project" and bool(operator.arguments) and not functions_of(operator.arguments)

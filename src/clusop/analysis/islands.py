"""Islands: connected operators off the engine (DESIGN §4). Those joined only by boundaries, wrappers or row exchanges, with
no native operator between, are one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from clusop.plan.kind import Kind
from clusop.plan.node import ROOT, Link

if TYPE_CHECKING:
    from collections.abc import Sequence

    from clusop.plan.node import Plan

__all__ = ["BRIDGES", "MEMBERS", "island_numbers", "lowest_by_island"]

_CHILD = Link.CHILD  # members of an Enum are slow to look up in Python 3.11
MEMBERS = frozenset({Kind.JVM, Kind.PYTHON, Kind.MARGINAL})
"""Kinds that make an island. A row exchange alone makes none: it is named as a finding, its time lies in its neighbours."""

BRIDGES = frozenset({Kind.BOUNDARY, Kind.WRAPPER, Kind.ROW_EXCHANGE, Kind.COMMAND, Kind.TERMINAL})
"""Kinds that keep what stands above and below them in one island."""


def island_numbers(plan: Plan, kinds: Sequence[Kind], ran: Sequence[bool]) -> tuple[int | None, ...]:
    """For each operator the number of its island (from 0, in pre-order of first appearance), ``None`` outside."""
    island: list[int | None] = [None] * len(plan)
    bridge_to: list[int | None] = [None] * len(plan)
    count = 0
    for index, kind in enumerate(kinds):
        is_member = kind in MEMBERS and ran[index]
        if not is_member and kind not in BRIDGES:
            continue  # nearly every operator of a plan that is on its engine
        operator = plan.operators[index]
        parent = operator.parent
        linked = parent != ROOT and operator.link is _CHILD
        above = (island[parent] if island[parent] is not None else bridge_to[parent]) if linked else None
        if not is_member:
            bridge_to[index] = above
            continue
        if above is None:
            above, count = count, count + 1
        island[index] = above
    return _joined(plan, kinds, island, count)


def _joined(plan: Plan, kinds: Sequence[Kind], island: list[int | None], count: int) -> tuple[int | None, ...]:
    """Join islands that meet below a common bridge: two inputs of a boundary or row exchange with several children."""
    parent_of = list(range(count))

    def find(number: int) -> int:
        while parent_of[number] != number:
            parent_of[number] = parent_of[parent_of[number]]
            number = parent_of[number]
        return number

    top: list[int | None] = list(island)
    for index in range(len(plan.operators) - 1, 0, -1):
        number = top[index]
        if number is None:
            continue
        operator = plan.operators[index]
        parent = operator.parent
        if parent == ROOT or operator.link is not _CHILD or kinds[parent] not in BRIDGES:
            continue
        met = top[parent]
        if met is None:
            top[parent] = number
        else:
            parent_of[max(find(met), find(number))] = min(find(met), find(number))
    order: dict[int, int] = {}
    return tuple(None if number is None else order.setdefault(find(number), len(order)) for number in island)


def lowest_by_island(plan: Plan, kinds: Sequence[Kind], island_of: Sequence[int | None]) -> dict[int, tuple[int, ...]]:
    """Per island its members with no other member below them, deepest first: where causes sit."""
    if not any(number is not None for number in island_of):
        return {}
    above: list[int | None] = [None] * len(plan)
    has_below: set[int] = set()
    for index, kind in enumerate(kinds):
        is_member = island_of[index] is not None
        if not is_member and kind not in BRIDGES:
            continue  # what is above it is asked by nobody
        operator = plan.operators[index]
        parent = operator.parent
        if parent == ROOT or operator.link is not _CHILD:
            continue
        nearest = parent if island_of[parent] is not None else above[parent] if kinds[parent] in BRIDGES else None
        above[index] = nearest
        if is_member and nearest is not None:
            has_below.add(nearest)
    depths = plan.depths
    lowest: dict[int, list[int]] = {}
    for index, number in enumerate(island_of):
        if number is not None and index not in has_below:
            lowest.setdefault(number, []).append(index)
    return {
        number: tuple(sorted(members, key=lambda index: (-depths[index], index))) for number, members in lowest.items()
    }

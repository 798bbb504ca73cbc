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

MEMBERS = frozenset({Kind.JVM, Kind.PYTHON, Kind.MARGINAL})
"""Kinds that make an island. A row exchange alone makes none: it is named as a finding, its time lies in its neighbours."""

BRIDGES = frozenset({Kind.BOUNDARY, Kind.WRAPPER, Kind.ROW_EXCHANGE, Kind.COMMAND, Kind.TERMINAL})
"""Kinds that keep what stands above and below them in one island."""


def island_numbers(plan: Plan, kinds: Sequence[Kind], ran: Sequence[bool]) -> tuple[int | None, ...]:
    """For each operator the number of its island (from 0, in pre-order of first appearance), ``None`` outside."""
    island: list[int | None] = []
    bridge_to: list[int | None] = []
    count = 0
    for index, operator in enumerate(plan.operators):
        parent = operator.parent
        linked = parent != ROOT and operator.link is Link.CHILD
        above = (island[parent] if island[parent] is not None else bridge_to[parent]) if linked else None
        if kinds[index] in MEMBERS and ran[index]:
            if above is None:
                above, count = count, count + 1
            island.append(above)
            bridge_to.append(None)
        else:
            island.append(None)
            bridge_to.append(above if kinds[index] in BRIDGES else None)
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
        operator = plan.operators[index]
        number, parent = top[index], operator.parent
        if number is None or parent == ROOT or operator.link is not Link.CHILD or kinds[parent] not in BRIDGES:
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
    above: list[int | None] = []
    has_below: set[int] = set()
    for index, operator in enumerate(plan.operators):
        parent = operator.parent
        nearest: int | None = None
        if parent != ROOT and operator.link is Link.CHILD:
            nearest = parent if island_of[parent] is not None else above[parent]
            if island_of[parent] is None and kinds[parent] not in BRIDGES:
                nearest = None
        above.append(nearest)
        if island_of[index] is not None and nearest is not None:
            has_below.add(nearest)
    depths = plan.depths
    lowest: dict[int, list[int]] = {}
    for index, number in enumerate(island_of):
        if number is not None and index not in has_below:
            lowest.setdefault(number, []).append(index)
    return {
        number: tuple(sorted(members, key=lambda index: (-depths[index], index))) for number, members in lowest.items()
    }

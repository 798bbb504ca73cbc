"""Chooses among the copies an adaptive plan is printed in: the final one, else the initial, else the current one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clusop.plan.node import ROOT
from clusop.plan.reading import Phase

if TYPE_CHECKING:
    from clusop.plan.text.rawtree import RawNode

__all__ = ["judged_copies", "least_final"]

_BEST_FIRST = (Phase.FINAL, Phase.INITIAL, Phase.CURRENT)


def judged_copies(nodes: list[RawNode]) -> tuple[list[bool], dict[int, Phase]]:
    """Which nodes are in a judged copy, and the chosen phase by owner (``ROOT`` where the adaptive node itself is lost)."""
    chosen: dict[int, Phase] = {}
    marked = [node for node in nodes if node.phase is not None]
    if not marked:
        return [True] * len(nodes), chosen
    for node in marked:
        known = chosen.get(node.parent)
        if node.phase is not None and (known is None or _BEST_FIRST.index(node.phase) < _BEST_FIRST.index(known)):
            chosen[node.parent] = node.phase
    kept: list[bool] = []
    for node in nodes:
        above = node.parent == ROOT or kept[node.parent]
        kept.append(above and (node.phase is None or node.phase is chosen[node.parent]))
    return kept, {owner: phase for owner, phase in chosen.items() if owner == ROOT or kept[owner]}


def least_final(phases: list[Phase]) -> Phase:
    """The phase that proves least: current before initial before final; ``STATIC`` for a plan without adaptive parts."""
    order = (Phase.CURRENT, Phase.INITIAL, Phase.FINAL)
    return next((phase for phase in order if phase in phases), Phase.STATIC)

"""Which operators below a reuse are duplicates.

ReusedExchange and ReusedSubquery carry the reused subtree once more, with the same accumulators; the original may stand
later in the plan, or nowhere (adaptive execution can drop it). So an operator there is a duplicate if and only if *all* its
accumulators were seen elsewhere (DESIGN §4).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Occurrence", "kept_occurrences"]


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One operator as it was met, in pre-order: its parent by index (-1 for none), its region (0 is outside every reuse,
    each reuse opens one), the accumulators of its metrics.
    """

    parent: int
    region: int
    accumulator_ids: frozenset[int]


def kept_occurrences(occurrences: Sequence[Occurrence], region_levels: Sequence[int]) -> list[bool]:
    """For each occurrence whether it stays.

    ``region_levels`` says how many reuses stand around each region. Outer regions are settled before inner ones, regions of
    one level in their order; so of two copies without an original the first stays. An operator without metrics goes where
    every operator around it in its region goes. Linear in occurrences and accumulators.
    """
    kept = [occurrence.region == 0 for occurrence in occurrences]
    members: list[list[int]] = [[] for _ in region_levels]
    for index, occurrence in enumerate(occurrences):
        members[occurrence.region].append(index)
    seen: set[int] = set()
    for index in members[0]:
        seen |= occurrences[index].accumulator_ids
    for region in sorted(range(1, len(region_levels)), key=lambda region: region_levels[region]):
        _settle(occurrences, members[region], seen, kept)
    return kept


def _settle(occurrences: Sequence[Occurrence], region: list[int], seen: set[int], kept: list[bool]) -> None:
    for index in region:
        kept[index] = not occurrences[index].accumulator_ids <= seen
    _keep_between(occurrences, region, kept)
    for index in region:
        seen |= occurrences[index].accumulator_ids


def _keep_between(occurrences: Sequence[Occurrence], region: list[int], kept: list[bool]) -> None:
    """Keep operators without metrics whose nearest relative with metrics, above or below in the region, stays."""
    inside = set(region)
    above: dict[int, bool] = {}
    below: dict[int, bool] = {}
    for index in region:
        occurrence = occurrences[index]
        parent = occurrence.parent
        near = parent in inside and (kept[parent] if occurrences[parent].accumulator_ids else above[parent])
        above[index] = near
    for index in reversed(region):
        occurrence = occurrences[index]
        stays = kept[index] if occurrence.accumulator_ids else below.get(index, False)
        if occurrence.parent in inside:
            below[occurrence.parent] = below.get(occurrence.parent, False) or stays
    for index in region:
        if not occurrences[index].accumulator_ids:
            kept[index] = above[index] or below.get(index, False)

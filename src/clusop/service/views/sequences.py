"""Which sequence numbers of an agent never came, from the intervals of those that did."""

from __future__ import annotations

import json
from dataclasses import dataclass

__all__ = ["Sequences", "sequences_of"]


@dataclass(frozen=True, slots=True)
class Sequences:
    """``gaps`` are the missing numbers as (first, last), in order, below the highest number that came."""

    accepted_count: int
    highest: int
    gaps: tuple[tuple[int, int], ...]

    @property
    def missing_count(self) -> int:
        """How many numbers never came."""
        return sum(last - first + 1 for first, last in self.gaps)


def sequences_of(accepted: str) -> Sequences:
    """From ``[[first, last], …]`` in order, never touching, as the agents' table has it.

    >>> sequences_of("[[1, 4], [7, 9]]").gaps
    ((5, 6),)
    """
    gaps: list[tuple[int, int]] = []
    expected, count = 1, 0
    for first, last in json.loads(accepted):
        if first > expected:
            gaps.append((expected, first - 1))
        count += last - first + 1
        expected = last + 1
    return Sequences(count, expected - 1, tuple(gaps))

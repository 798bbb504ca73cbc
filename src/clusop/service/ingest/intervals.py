"""Accepted sequences as intervals: ``[[first, last], …]``, in order, never touching. Pure."""

from __future__ import annotations

import json
from bisect import bisect_right
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Intervals"]


class Intervals:
    """A set of whole numbers. Small as long as its gaps are few."""

    __slots__ = ("_firsts", "_lasts")

    def __init__(self, pairs: Iterable[tuple[int, int]] = ()) -> None:
        self._firsts: list[int] = []
        self._lasts: list[int] = []
        for first, last in pairs:
            self._firsts.append(first)
            self._lasts.append(last)

    @classmethod
    def parse(cls, text: str) -> Intervals:
        """From the JSON of :meth:`text`."""
        return cls((first, last) for first, last in json.loads(text))

    def text(self) -> str:
        """As JSON."""
        return json.dumps(self.pairs(), separators=(",", ":"))

    def pairs(self) -> list[list[int]]:
        """Both ends of each interval."""
        return [[first, last] for first, last in zip(self._firsts, self._lasts, strict=True)]

    def __contains__(self, number: int) -> bool:
        # Nearly always the next one.
        if not self._lasts or number > self._lasts[-1]:
            return False
        at = bisect_right(self._firsts, number) - 1
        return at >= 0 and number <= self._lasts[at]

    def opens(self, number: int) -> bool:
        """Whether ``number`` would be an interval of its own: it touches none."""
        at = bisect_right(self._firsts, number)
        touches_left = at > 0 and number <= self._lasts[at - 1] + 1
        touches_right = at < len(self._firsts) and self._firsts[at] == number + 1
        return not touches_left and not touches_right

    def __len__(self) -> int:
        return len(self._firsts)

    def add(self, number: int) -> bool:
        """Put ``number`` in; whether it was new."""
        firsts, lasts = self._firsts, self._lasts
        if lasts and number == lasts[-1] + 1:
            lasts[-1] = number
            return True
        at = bisect_right(firsts, number)
        if at and number <= lasts[at - 1]:
            return False
        joins_left = at > 0 and lasts[at - 1] == number - 1
        joins_right = at < len(firsts) and firsts[at] == number + 1
        if joins_left and joins_right:
            lasts[at - 1] = lasts.pop(at)
            firsts.pop(at)
        elif joins_left:
            lasts[at - 1] = number
        elif joins_right:
            firsts[at] = number
        else:
            firsts.insert(at, number)
            lasts.insert(at, number)
        return True

    @property
    def count(self) -> int:
        """How many numbers are in it."""
        return sum(self._lasts) - sum(self._firsts) + len(self._firsts)

    @property
    def last(self) -> int:
        """The greatest number, 0 where there is none."""
        return self._lasts[-1] if self._lasts else 0

"""Which operator a line of the engine's words means: the same name, the arguments closest.

Ids differ between a tree and the reasons given for it, so they are left out. Looked up by search, not by trial: an engine
may give a reason for each of thousands of operators.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from clusop.plan.node import Plan

__all__ = ["Matcher"]

_ID = re.compile(r"#\d+L?|\bplan_id=\d+|\bid=#?\d+", re.ASCII)
_COMPARED_CHARS = 400


class Matcher:
    """Finds operators among ``members`` (those off the engine) by what a line says of them."""

    def __init__(self, plan: Plan, members: Sequence[int]) -> None:
        self._plan, self._members = plan, members
        self._groups: dict[str, _Group] | None = None

    def find(self, name: str, arguments: str) -> int | None:
        """The operator of this name whose arguments begin most like ``arguments``; the last of several."""
        if self._groups is None:
            by_name: dict[str, list[int]] = {}
            for index in self._members:
                by_name.setdefault(self._plan.operators[index].name, []).append(index)
            self._groups = {key: _Group(self._plan, same) for key, same in by_name.items()}
        group = self._groups.get(name)
        return None if group is None else group.closest(arguments)


class _Group:
    """Operators of one name, and the texts of their arguments in order."""

    def __init__(self, plan: Plan, same: list[int]) -> None:
        self._plan, self._same = plan, same
        self._last: dict[str, int] = {}
        self._texts: list[str] = []
        self._last_by_beginning: dict[str, int] = {}

    def closest(self, arguments: str) -> int:
        if not arguments or len(self._same) == 1:
            return self._same[-1]
        if not self._texts:
            self._last = {_compared(self._plan.operators[index].arguments): index for index in self._same}
            self._texts = sorted(self._last)
        wanted = _compared(arguments)
        at = bisect_left(self._texts, wanted)
        # In order, the texts that share most with a text stand next to it.
        shared = max(_common(text, wanted) for text in self._texts[max(at - 1, 0) : at + 1])
        return self._last_of(wanted[:shared])

    def _last_of(self, beginning: str) -> int:
        known = self._last_by_beginning.get(beginning)
        if known is None:
            at = bisect_left(self._texts, beginning)
            known = _NONE
            while at < len(self._texts) and self._texts[at].startswith(beginning):
                known = max(known, self._last[self._texts[at]])
                at += 1
            self._last_by_beginning[beginning] = known
        return known


_NONE = -1


def _compared(arguments: str) -> str:
    return _ID.sub("", arguments)[:_COMPARED_CHARS]


def _common(one: str, other: str) -> int:
    count = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        count += 1
    return count

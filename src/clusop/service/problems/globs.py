"""Globs over names: ``*`` is any text, ``?`` any one character, all else itself. Matched in one pass over the name.

No backtracking: all places in the glob that a name may have reached are the bits of one integer, moved on together by each
character. So a hostile glob costs as much as any other of its length.
"""

from __future__ import annotations

from functools import lru_cache

from clusop.errors import InputError

__all__ = ["MAX_GLOB_CHARS", "Glob", "glob_of", "matches"]

MAX_GLOB_CHARS = 256
_MAX_NAME_CHARS = 1024
"""No name or tag's value that is kept is longer; a longer one is matched by its beginning."""


class Glob:
    """A glob, ready to be matched."""

    __slots__ = ("_accepting", "_loops", "_moves", "_wild", "pattern")

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        moves: dict[str, int] = {}
        loops = wild = 0
        place = 1
        for character in pattern:
            if character == "*":
                loops |= place
                continue
            if character == "?":
                wild |= place
            else:
                moves[character] = moves.get(character, 0) | place
            place <<= 1
        self._moves, self._loops, self._wild, self._accepting = moves, loops, wild, place

    def matches(self, name: str) -> bool:
        """Whether all of ``name`` is as the glob says. Capitals and small letters differ."""
        moves, loops, wild = self._moves, self._loops, self._wild
        places = 1
        for character in name[:_MAX_NAME_CHARS]:
            places = ((places & (moves.get(character, 0) | wild)) << 1) | (places & loops)
            if not places:
                return False
        return bool(places & self._accepting)


def glob_of(pattern: str, where: str) -> Glob:
    """The glob that somebody wrote at ``where``. Raises ``InputError`` where it is empty or too long."""
    if not pattern:
        raise InputError(where, "the glob is empty", "Write * for any name.")
    if len(pattern) > MAX_GLOB_CHARS:
        raise InputError(where, f"the glob has {len(pattern)} characters", f"At most {MAX_GLOB_CHARS} are taken.")
    return _ready(pattern)


def matches(pattern: str, name: str) -> bool:
    """Whether ``name`` is as ``pattern`` says."""
    return _ready(pattern[:MAX_GLOB_CHARS]).matches(name)


@lru_cache(maxsize=4096)
def _ready(pattern: str) -> Glob:
    return Glob(pattern)

"""Makes a failing input small: drops lines, then characters, as long as it still fails."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["shrunk"]

_MOST_TRIES = 600


def shrunk(text: str, fails: Callable[[str], bool]) -> str:
    """The smallest text found within a bounded number of tries that still fails."""
    left = [_MOST_TRIES]

    def still(candidate: str) -> bool:
        left[0] -= 1
        return left[0] >= 0 and fails(candidate)

    text = "\n".join(_fewer(text.split("\n"), lambda lines: still("\n".join(lines))))
    return "".join(_fewer(list(text), lambda parts: still("".join(parts))))


def _fewer(parts: Sequence[str], fails: Callable[[Sequence[str]], bool]) -> Sequence[str]:
    size = max(1, len(parts) // 2)
    while True:
        at = 0
        while at < len(parts):
            candidate = [*parts[:at], *parts[at + size :]]
            if candidate and fails(candidate):
                parts = candidate
            else:
                at += size
        if size == 1:
            return parts
        size //= 2

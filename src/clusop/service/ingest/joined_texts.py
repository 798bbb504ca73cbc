"""Texts of a record checked together: joined by line breaks, against their patterns joined alike. One look of the expression
engine instead of one a field, which is most of what checking a signal costs.

No pattern of the records matches a line break, so a text that holds one makes one line too many and fits nothing.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

__all__ = ["is_one_line", "joined", "repeated"]

_CLASS = re.compile(r"\[(?!\^)(?:\\[^nsSDWrvf0]|[^\]\\\n])+\]")
_LITERAL = re.compile(r"\\[.$]")
_PLAIN = re.compile(r"[A-Za-z0-9_:~<>=!,*+?{}()|/ -]*")


def is_one_line(pattern: str) -> bool:
    """Whether it can be told that ``pattern`` matches no line break: it is made of classes and plain signs.

    >>> is_one_line("[a-z]{1,8}(?:-[0-9.]+)?"), is_one_line("a.b"), is_one_line("[^a]")
    (True, False, False)
    """
    left = _LITERAL.sub("", _CLASS.sub("", pattern))
    return _PLAIN.fullmatch(left) is not None


def joined(patterns: Sequence[str]) -> Callable[[Iterable[str]], bool]:
    """Whether texts fit ``patterns``, one each."""
    fits = re.compile("\n".join(f"(?:{pattern})" for pattern in patterns), re.ASCII).fullmatch

    def check(texts: Iterable[str]) -> bool:
        return fits("\n".join(texts)) is not None

    return check


def repeated(pattern: str) -> Callable[[Collection[str]], bool]:
    """Whether every one of some texts fits ``pattern``; of none it is true."""
    fits = re.compile(f"(?:{pattern})(?:\n(?:{pattern}))*", re.ASCII).fullmatch

    def check(texts: Collection[str]) -> bool:
        whole = "\n".join(texts)
        # A text of two lines that fit would pass for two texts.
        return whole.count("\n") == max(len(texts) - 1, 0) and (not texts or fits(whole) is not None)

    return check

"""Text that came out of a plan or a log, made safe to show to a person: one line, no control or direction characters."""

from __future__ import annotations

import re

__all__ = ["cut", "one_line", "printable"]

_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
# Control characters can drive a terminal, direction overrides can make a name read as another one, and lone surrogates
# cannot be encoded at all.
_UNSAFE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
_BLANKS = re.compile(r"\s+")


def printable(text: str) -> str:
    """``text`` with every unsafe character replaced by U+FFFD; line breaks and tabs stay."""
    return _UNSAFE.sub(_REPLACEMENT, text.replace("\r\n", "\n").replace("\r", "\n"))


def one_line(text: str) -> str:
    """``text`` on one line, runs of blanks as one, unsafe characters replaced."""
    return _BLANKS.sub(" ", printable(text)).strip()


def cut(text: str, limit: int) -> str:
    """``text`` on one line, at most ``limit`` characters, ending in an ellipsis where something is missing."""
    # Far more than the limit is never looked at: names can be kilobytes long.
    line = one_line(text[: 4 * limit + 64])
    if len(line) <= limit and len(text) <= 4 * limit + 64:
        return line
    return line[: max(limit - 1, 0)].rstrip() + "…"

"""Text that somebody else wrote, made harmless for a card: no control, direction or invisible characters, no markdown."""

from __future__ import annotations

import re
import unicodedata

__all__ = ["code_line", "escaped", "plain"]

_BLANKS = re.compile(r"\s+")
# Invisible as well, though Unicode counts them among the letters and symbols.
_BLANK_LETTERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
# Format characters (bidi overrides, zero width, tags), surrogates, private use: nothing of a name that people read.
_DROPPED = frozenset({"Cf", "Cs", "Co"})
_MARKS = frozenset({"Mn", "Me"})
_MOST_MARKS = 2
# Only what means something in markdown where it stands, lest a renderer that knows fewer escapes show more backslashes than it
# must: emphasis, code, links; the start of a tag or an entity.
_MARKDOWN = re.compile(r"([\\`*_\[\]~]|<(?=[A-Za-z/!?])|&(?=#?\w{1,32};))")
# A list, a quotation or a heading, at the beginning of a line.
_LINE_START = re.compile(r"^(\s*)(?:([-+>#])|(\d{1,9})(?=[.)]\s))")
_FUNCTION = re.compile(r"\{(?=\{)")
_NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"


def plain(text: str, limit: int) -> str:
    """``text`` on one line, at most ``limit`` characters, ending in an ellipsis where something is missing.

    Letters of every script and emoji stay; what turns the writing direction, cannot be seen or piles up marks goes.
    """
    # Far more than the limit is never looked at: names can be kilobytes long.
    looked_at = text[: 4 * limit + 64]
    line = _BLANKS.sub(" ", "".join(_visible(looked_at))).strip()
    # "{{DATE(…)}}" is a function of Adaptive Cards, in runs too.
    line = _FUNCTION.sub("{ ", line)
    if len(line) <= limit and len(text) == len(looked_at):
        return line
    return line[: max(limit - 1, 0)].rstrip() + "\N{HORIZONTAL ELLIPSIS}"


def escaped(text: str) -> str:
    """``text`` so that a TextBlock or a FactSet, which read markdown, show it as it is."""
    return _LINE_START.sub(_no_block, _MARKDOWN.sub(r"\\\1", text))


def code_line(text: str, limit: int) -> str:
    """A line of code for a TextRun, which knows no markdown. Indentation survives as no-break spaces."""
    body = text.lstrip(" ")
    return _NO_BREAK_SPACE * min(len(text) - len(body), limit // 2) + plain(body, limit)


def _no_block(start: re.Match[str]) -> str:
    return f"{start[1]}\\{start[2]}" if start[2] else f"{start[1]}{start[3]}\\"


def _visible(text: str) -> list[str]:
    kept: list[str] = []
    marks = 0
    for character in text:
        category = unicodedata.category(character)
        if category in _DROPPED or character in _BLANK_LETTERS:
            continue
        marks = marks + 1 if category in _MARKS else 0
        if marks > _MOST_MARKS:
            continue
        kept.append(" " if category in {"Cc", "Zl", "Zp"} else character)
    return kept

"""Splits a text into lines and frees each from what was put before it: comment signs, quotes, numbers, bullets, bold, tabs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from clusop.plan.text.steps import Steps

__all__ = ["clean_lines"]

_STRONG = r"[ :]*[+:]- \S|\s*\**={2,} ?\w"
_STRONG_LINE = re.compile(_STRONG, re.ASCII)
_PREFIXES = (
    ("comment signs", re.compile(r"[ \t]*(?:#|//|--|%)[ ]?MAGIC\b", re.ASCII)),
    ("comment signs", re.compile(r"[ \t]*(?://+|--+|#+|%+|;+)")),
    ("quotation signs", re.compile(r"[ \t]*(?:>[ ]?)*>")),
    ("table borders", re.compile("[ \t]*[|\u2502]")),
    ("bullets", re.compile("[ \t]*[-*\u2022\u2023\u25e6\u00b7](?= )")),
    ("line numbers", re.compile(r"[ \t]*\d{1,6}(?:[.)|]|:(?= ))?(?=\s)", re.ASCII)),
)
_STRONG_FIRST = frozenset("+:=*")
_PREFIX_FIRST = frozenset("#/-%;>|\u2502*\u2022\u2023\u25e6\u00b70123456789")
_MAX_LAYERS = 4
_LEADING = re.compile(r"[ \t:]*")
_TABBED_BRANCH = re.compile(r"[ :]*\t[ \t:]*[+:]- ")
_TABBED_OR_NOT = re.compile(r"[ \t:]*[+:]- ")
_TAB_WIDTHS = (8, 4, 3)
_DEFAULT_TAB = 8
_INDENT = 3
_MARKUP = ("**", "__", "`", "~~~")
_WRAPPED_IN_MARKUP = re.compile(r"([ :]*(?:[+:]- )?(?:\*(?:\([0-9]+\))? ?)?)(__|`)(?=[A-Z*=(])")


def clean_lines(text: str, steps: Steps) -> tuple[list[str], tuple[str, ...]]:
    """The lines of a repaired text without trailing blanks, and what was removed before them, in words."""
    lines = [line.rstrip() for line in text.split("\n")]
    damages: list[str] = []
    for _ in range(_MAX_LAYERS):
        steps.add(len(text) + len(lines))
        layer = _voted_prefix(lines)
        if layer is None:
            break
        damage, pattern = layer
        lines = [_without(line, pattern) for line in lines]
        if damage not in damages:
            damages.append(damage)
    if "\t" in text:
        steps.add(len(text))
        lines = _without_tabs(lines, damages)
    # One character is found far faster than two, and most texts lack even that.
    if any(mark[0] in text and mark in text for mark in _MARKUP):
        steps.add(len(text))
        lines = [_without_markup(line, damages) for line in lines]
    return lines, tuple(damages)


def _voted_prefix(lines: list[str]) -> tuple[str, re.Pattern[str]] | None:
    """The prefix to remove: one behind which headings and branches stand, at least as often as they stand bare."""
    # Most texts have no line that could begin with a prefix, and then there is nothing to count.
    if _PREFIX_FIRST.isdisjoint([line.lstrip()[:1] for line in lines]):
        return None
    bare = 0
    votes = [0] * len(_PREFIXES)
    for line in lines:
        first = line.lstrip()[:1]
        if first in _STRONG_FIRST and _STRONG_LINE.match(line):
            bare += 1
            continue
        if first not in _PREFIX_FIRST:
            continue
        for number, (_, pattern) in enumerate(_PREFIXES):
            match = pattern.match(line)
            if match is not None and _STRONG_LINE.match(line, match.end()):
                votes[number] += 1
                break
    best = max(range(len(votes)), key=lambda number: votes[number])
    return _PREFIXES[best] if votes[best] and votes[best] >= bare else None


def _without(line: str, pattern: re.Pattern[str]) -> str:
    match = pattern.match(line)
    return line if match is None else line[match.end() :]


def _without_tabs(lines: list[str], damages: list[str]) -> list[str]:
    """Expand the tabs before each line's text, with the width under which the tree is most regular."""
    width = _DEFAULT_TAB
    if any(_TABBED_BRANCH.match(line) for line in lines):
        branches = [line for line in lines if _TABBED_OR_NOT.match(line)]
        width = max(_TAB_WIDTHS, key=lambda candidate: _regularity(branches, candidate))
        damages.append("tabs")
    return [_expanded(line, width) if "\t" in line else line for line in lines]


def _regularity(lines: list[str], width: int) -> int:
    columns = [_column(line, width) for line in lines]
    return sum(
        1
        for above, column in zip([columns[0], *columns], columns, strict=False)
        if (column - columns[0]) % _INDENT == 0 and column <= above + 2 * _INDENT
    )


def _column(line: str, width: int) -> int:
    match = _LEADING.match(line)
    return len(match.group().expandtabs(width)) if match is not None else 0


def _expanded(line: str, width: int) -> str:
    match = _LEADING.match(line)
    end = match.end() if match is not None else 0
    return line[:end].expandtabs(width) + line[end:].replace("\t", " ")


def _without_markup(line: str, damages: list[str]) -> str:
    stripped = line.lstrip()
    if stripped.startswith(("```", "~~~")):
        return ""
    if "**" in line and "/**" not in line:
        line = line.replace("**", "")
        if "bold markers" not in damages:
            damages.append("bold markers")
    match = _WRAPPED_IN_MARKUP.match(line)
    if match is None:
        return line
    if "bold markers" not in damages:
        damages.append("bold markers")
    return match.group(1) + line[match.end() :].replace(match.group(2), "", 1)

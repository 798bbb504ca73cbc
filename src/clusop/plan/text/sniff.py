"""Tells whether a file's beginning looks like explain text, cheaply, before anything reads it."""

from __future__ import annotations

import re

__all__ = ["looks_like_explain_text"]

_SAMPLE_CHARS = 65_536
_HEADING = re.compile(
    r"(?<!=)={2,} ?(?:Physical|Executed|(?:Parsed|Analyzed|Optimized) Logical|Initial|Current|Final) Plan ?={2,}"
    r"|Photon Explanation"
)
_BRANCH = re.compile(r"(?m)^[ \t:#/>|%*-]{0,2000}[+:]- \**[*(\d) ]{0,9}[A-Z][A-Za-z]{2}")
_EVENT = re.compile(r'"Event"\s*:')
_MIN_BRANCHES = 2


def looks_like_explain_text(text: str) -> bool:
    """Whether ``text`` (its first 64 KB) shows a plan's heading or a printed tree. Event logs are none, whatever they hold."""
    sample = text[:_SAMPLE_CHARS]
    if sample.lstrip("\ufeff \t\r\n")[:1] == "{" and _EVENT.search(sample):
        return False
    if _HEADING.search(sample):
        return True
    branches = _BRANCH.finditer(sample)
    return sum(1 for _, _ in zip(branches, range(_MIN_BRANCHES), strict=False)) >= _MIN_BRANCHES

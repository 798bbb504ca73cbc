"""What of an operator's arguments may leave a cluster (promise P10).

Plans write string literals without quotes (``(status#4 = paid)``), columns can be named after literals (a pivot, ``SELECT
'x'``), and paths, hosts, addresses and secrets have no certain shape. So nothing is removed by what it looks like: only the
words of ``vocabulary.json`` (functions, join types, plan words) and punctuation are kept, and all else becomes ``?``.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from importlib import resources

__all__ = ["scrub_arguments"]

_MAX_CHARS = 64 * 1024
_TOKEN = re.compile(
    r"(?P<gap>[ \t\r\n]+)|(?P<word>[A-Za-z_][A-Za-z0-9_]*)|(?P<mark>[\[\](){},;:=<>!+*/%&|-])|(?P<other>.)", re.DOTALL
)
# A letter beyond ASCII belongs to the word beside it, and so does whatever else is there.
_GLUE = re.compile(r"[\w.@#$'\"`~?\\/:-]|[^\x00-\x7f]", re.ASCII)
_REPEATED = re.compile(r"\?[ ?]*\?")
_GONE = "?"


@dataclass(frozen=True, slots=True)
class _Vocabulary:
    words: frozenset[str]
    phases: tuple[str, ...]

    def knows(self, word: str) -> bool:
        bare = word.lower()
        while True:
            if bare in self.words:
                return True
            phase = next((phase for phase in self.phases if bare.startswith(phase)), "")
            if not phase:
                return False
            bare = bare[len(phase) :]


@cache
def _vocabulary() -> _Vocabulary:
    """The words that may stay. The only place that reads ``vocabulary.json``."""
    loaded = json.loads(resources.files("clusop.plan").joinpath("vocabulary.json").read_text(encoding="utf-8"))
    return _Vocabulary(frozenset(loaded["words"]) | frozenset(loaded["functions"]), tuple(loaded["aggregate_phases"]))


def scrub_arguments(text: str) -> str:
    """``text`` with everything but known words and punctuation replaced by ``?``; linear, cut at 64 KiB.

    >>> scrub_arguments("(keys=[status#4], functions=[partial_sum(amount#2L)])")
    '(keys=[?], functions=[partial_sum(?)])'
    """
    text = text[:_MAX_CHARS]
    vocabulary = _vocabulary()
    kept: list[str] = []
    for match in _TOKEN.finditer(text):
        kind, piece = match.lastgroup, match.group()
        if kind == "gap":
            kept.append(" ")
        elif kind == "mark":
            kept.append(piece if piece not in "/-:" or _stands_alone(text, match.start(), match.end()) else _GONE)
        elif kind == "word" and _is_whole(text, match.start(), match.end()) and vocabulary.knows(piece):
            kept.append(piece)
        else:
            kept.append(_GONE)
    return _REPEATED.sub(_GONE, "".join(kept)).strip()


def _is_whole(text: str, start: int, end: int) -> bool:
    """Whether the word is no part of a path, host, address, quoted text or column (``sum#3``, ``format.csv``)."""
    before, after = text[start - 1 : start], text[end : end + 1]
    if before and _GLUE.match(before):
        return (
            before == ":"
            and text[end : end + 1] in {"", " ", ",", "]", ")"}
            and not _GLUE.match(text[start - 2 : start - 1])
        )
    return not after or after == ":" or _GLUE.match(after) is None


def _stands_alone(text: str, start: int, end: int) -> bool:
    before, after = text[start - 1 : start], text[end : end + 1]
    if text[start] == ":":
        return not after or after.isspace()
    return (not before or before.isspace()) and (not after or after.isspace())

"""Takes one printed line of a tree apart: guides, connector, body."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from clusop.plan.naming import canonical_name, split_codegen_prefix

__all__ = [
    "Branch",
    "TreeLine",
    "branch_of",
    "branches_of",
    "is_inner_like",
    "is_leaf_like",
    "looks_like_operator",
    "names_something",
    "operator_text",
    "root_of_tree",
    "split_number",
]

_BRANCH = re.compile(r"([ :]*)([+:]-)(?: (.*)|$)", re.DOTALL)
_MAX_NUMBER_DIGITS = 9
_STATISTICS = ", Statistics("
_BLANKS = re.compile(r"[ ]*")
# Gluten marks its operators ``^(1)``; Spark marks a plan with missing input by ``!`` and an unresolved one by an apostrophe.
_MARKS = frozenset("*^!")
_MARK = re.compile(r"\^\s*(?:\(\d{1,9}\)\s*)?|!", re.ASCII)
_SINGLE_HUMP = frozenset(
    {
        "Coalesce", "Exchange", "Execute", "Expand", "Filter", "Generate", "Limit", "Project", "Range", "Sample", "Scan",
        "Sort", "Subquery", "Union", "Window",
    }
)  # fmt: skip
_TWO_HUMPS = re.compile(r"[A-Z]+[a-z0-9]+[A-Z]")
# Longer words are no names of ours, and must not be remembered.
_MAX_NAME_CHARS = 256
_NAME = re.compile(r"[*^!]?\s?(?:\(\d{1,9}\)\s?)?(\w{0,256})(?!\w)", re.ASCII)
_LEAF_ENDS = ("Scan", "Range", "Relation", "RelationV2")
_LEAF_STARTS = ("ReusedExchange", "ReusedSubquery", "LogicalRDD")
_SHOW = re.compile(r"Show[A-Z]")
_CACHE = "InMemoryRelation"
_INNER = re.compile(r"(?:(?:Reused|Photon)?Subquery(?:Broadcast|AdaptiveBroadcast)?|InMemoryRelation)\b", re.ASCII)


class TreeLine(NamedTuple):
    """One line of a printed tree.

    ``guides`` are the blanks and colons before the connector; ``connector`` is ``+-`` (last child), ``:-`` (more follow) or
    ``""`` for a root; ``body`` is the operator with its arguments.
    """

    guides: str
    connector: str
    body: str


def branch_of(line: str) -> TreeLine | None:
    """The parts of a line with a connector, ``None`` for any other line."""
    match = _BRANCH.match(line)
    if match is None:
        return None
    guides, connector, body = match.groups("")
    return TreeLine(guides, connector, body.strip())


Branch: TypeAlias = "tuple[str, str, str]"
"""The parts of a :class:`TreeLine`. A plain tuple, since nearly all lines of a tree are hung by their parts alone."""


def branches_of(lines: list[str]) -> list[Branch | None]:
    """What :func:`branch_of` says of each line."""
    return [
        None if match is None else (match[1], match[2], (match[3] or "").strip()) for match in map(_BRANCH.match, lines)
    ]


def root_of_tree(line: str) -> TreeLine:
    """A line without connector, taken as the root of a tree."""
    match = _BLANKS.match(line)
    blanks = match.group() if match is not None else ""
    return TreeLine(blanks, "", line.strip())


def operator_text(body: str) -> tuple[int | None, str]:
    """The codegen number (0: in a scope without number; ``None``: in none) and the operator's text without its marks."""
    if body[:1] not in _MARKS:
        return None, body
    codegen, text = split_codegen_prefix(body)
    match = _MARK.match(text)
    return codegen, text if match is None else text[match.end() :]


def names_something(body: str) -> bool:
    """Whether ``body`` can begin with an operator's name: they all begin with a capital."""
    if "A" <= body[:1] <= "Z":
        return True
    text = operator_text(body)[1]
    return bool(text) and "A" <= text[0] <= "Z"


def looks_like_operator(body: str) -> bool:
    """Whether ``body`` begins with what can only be an operator's name, not just any capitalised word."""
    text = operator_text(body[:300])[1]
    if not text or not "A" <= text[0] <= "Z":
        return False
    word = canonical_name(text)[0].partition(" ")[0]
    if not (word in _SINGLE_HUMP or _TWO_HUMPS.match(word)):
        return False
    rest = text[len(word) :]
    return not rest.startswith((":", ".", ",", "="))


def is_inner_like(body: str) -> bool:
    """Whether the operator is printed as an inner child: a subquery's holder or a cached relation."""
    return _INNER.match(body) is not None


def is_leaf_like(body: str) -> bool:
    """Whether the operator never has a direct child: a scan, a reused exchange or subquery."""
    word = body.partition(" ")[0]
    # Nearly always the name ends at the first blank, and a pattern is slower than to ask whether it does.
    if word.isascii() and word.isidentifier() and len(word) <= _MAX_NAME_CHARS:
        return _names_leaf(word)
    match = _NAME.match(body)
    return match is not None and _names_leaf(match[1])


@lru_cache(maxsize=512)
def _names_leaf(name: str) -> bool:
    if name.startswith(_CACHE):
        return False
    return name.endswith(_LEAF_ENDS) or name.startswith(_LEAF_STARTS) or _SHOW.match(name) is not None


def split_number(text: str) -> tuple[str, int | None]:
    """Split formatted mode's operator number from a node: ``Filter (3)``, ``ShuffleQueryStage (6), Statistics(…)``."""
    if _STATISTICS not in text:
        ended = text.rstrip()
        if ended[-1:] != ")" or not ended[-2:-1].isdecimal():
            return text, None
    head, mark, statistics = text.partition(_STATISTICS)
    head = head.rstrip()
    opened = head.rfind("(")
    digits = head[opened + 1 : -1]
    if not head.endswith(")") or opened < 1 or head[opened - 1] != " " or not (digits.isascii() and digits.isdecimal()):
        return text, None
    if len(digits) > _MAX_NUMBER_DIGITS:
        return text, None
    return f"{head[:opened].rstrip()} {mark.lstrip(', ')}{statistics}".rstrip(), int(digits)

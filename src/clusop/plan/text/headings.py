"""Recognises explain output's headings: ``== Physical Plan ==``, ``== Photon Explanation ==``, ``===== Subqueries =====``."""

from __future__ import annotations

from enum import Enum

from clusop.plan.reading import Phase

__all__ = ["Heading", "heading_in", "heading_of", "phase_marker"]

_MAX_HEADING_CHARS = 300
_ORNAMENTS = " \t=*#:|>\"'`_-"
_ADAPTIVE = {"final plan": Phase.FINAL, "current plan": Phase.CURRENT, "initial plan": Phase.INITIAL}
_LOGICAL = frozenset({"logical plan", "parsed logical plan", "analyzed logical plan", "optimized logical plan"})
_STATISTICS = "optimizer statistics"
_SUBTREE = "subtree "


class Heading(Enum):
    """What stands below a heading."""

    LOGICAL = "logical"
    PHYSICAL = "physical"
    ADAPTIVE = "adaptive"
    """``Final Plan``, ``Current Plan``, ``Initial Plan``: a marker inside a physical plan."""
    EXPLANATION = "explanation"
    SUBQUERIES = "subqueries"
    SUBTREE = "subtree"
    """One compiled stage in ``EXPLAIN CODEGEN``."""
    OTHER = "other"


def heading_of(line: str, explanation_title: str) -> Heading | None:
    """What heading ``line`` is, ``None`` where it is none. Ornaments around the words do not matter."""
    if len(line) > _MAX_HEADING_CHARS or line.isspace() or not line:
        return None
    words = line.strip(_ORNAMENTS)
    ruled = line.strip().startswith("==") or line.strip(" \t*#|>\"'`").startswith("==")
    title = words.lower()
    if title == explanation_title.lower():
        return Heading.EXPLANATION
    if title.endswith(("physical plan", "executed plan")) and (ruled or title in {"physical plan", "executed plan"}):
        return Heading.PHYSICAL
    if title.endswith("logical plan") and (ruled or title in _LOGICAL):
        return Heading.LOGICAL
    if not ruled:
        return None
    return _ruled_heading(line, title)


def _ruled_heading(line: str, title: str) -> Heading | None:
    if title in _ADAPTIVE:
        return Heading.ADAPTIVE
    if title == "subqueries":
        return Heading.SUBQUERIES
    if title.startswith(_SUBTREE) and "/" in title:
        return Heading.SUBTREE
    closed = line.rstrip(" \t*#|>\"'`").endswith("==")
    return Heading.OTHER if title and (closed or title.startswith(_STATISTICS)) else None


def heading_in(line: str, explanation_title: str) -> Heading | None:
    """A heading that ends ``line`` after other text, as in ``res1: String = == Physical Plan ==``."""
    ended = line.rstrip(" \"'")
    if not ended.endswith("==") or len(ended) < len("== x =="):
        return None
    start = ended.rfind("== ", 0, len(ended) - 2)
    if start <= 0:
        return None
    found = heading_of(ended[start:], explanation_title)
    return found if found in {Heading.PHYSICAL, Heading.LOGICAL, Heading.EXPLANATION} else None


def phase_marker(body: str) -> Phase | None:
    """The phase in the body of a marker line such as ``== Final Plan ==``."""
    if not body.startswith("="):
        return None
    return _ADAPTIVE.get(body[:_MAX_HEADING_CHARS].strip(_ORNAMENTS).lower())

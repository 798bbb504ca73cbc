"""Divides a text at its headings into physical plans, logical plans and explanations."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from clusop.plan.text.headings import Heading, heading_in, heading_of
from clusop.plan.text.treeline import branch_of

if TYPE_CHECKING:
    from clusop.plan.text.steps import Steps

__all__ = ["Section", "divide"]

_WORDS = re.compile(r"[Pp]lan|[Ee]xplanation|[Gg]enerated code")
_MAX_BARE_HEADING = 80
_INSIDE_PHYSICAL = frozenset({Heading.ADAPTIVE, Heading.SUBQUERIES})


@dataclass(slots=True)
class Section:
    """The lines below one heading; ``heading`` is ``None`` for what stands above the first one."""

    heading: Heading | None
    lines: list[str] = field(default_factory=list)


def divide(lines: list[str], explanation_title: str, steps: Steps) -> list[Section]:
    """Divide ``lines``. Markers of adaptive plans and subqueries stay inside the physical plan they stand in."""
    current = Section(None)
    sections = [current]
    steps.add(sum(map(len, lines)) + len(lines))
    for line in lines:
        if "==" not in line and (len(line) > _MAX_BARE_HEADING or not _may_head(line)):
            current.lines.append(line)
            continue
        found = _heading(line, explanation_title)
        if found is Heading.ADAPTIVE and current.heading is None:
            # The text begins at a marker: all above it is lost, and it is no logical plan.
            current.lines.append(line)
            continue
        if found is None or (found in _INSIDE_PHYSICAL and current.heading in {None, Heading.PHYSICAL}):
            current.lines.append(line)
            continue
        current = Section(found)
        sections.append(current)
    return sections


def _may_head(line: str) -> bool:
    # Both words that head a section hold these letters, and a plain search is far faster than a pattern.
    return ("lan" in line or "enerated code" in line) and _WORDS.search(line) is not None


def _heading(line: str, explanation_title: str) -> Heading | None:
    if not line or branch_of(line) is not None:
        return None
    stripped = line.strip().lower()
    if stripped.startswith("generated code:"):
        return Heading.OTHER
    return heading_of(line, explanation_title) or heading_in(line, explanation_title)

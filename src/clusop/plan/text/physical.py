"""Takes the lines below ``== Physical Plan ==`` apart: the tree, the detail blocks of formatted mode, its subqueries' trees."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from clusop.plan.naming import MAX_ARGUMENT_CHARS
from clusop.plan.text.printed import PrintedTree
from clusop.plan.text.rawtree import RawNode, RawTree
from clusop.plan.text.treeline import looks_like_operator

if TYPE_CHECKING:
    from clusop.plan.text.steps import Steps

__all__ = ["Detail", "PhysicalSection", "divide_physical", "tree_of_details"]

_DETAIL = re.compile(r"[ ]{0,8}\(([0-9]{1,9})\) (?=[A-Z*])")
_CODEGEN = re.compile(r"\[codegen id : ([0-9]{1,9})\]")
_HOSTED = re.compile(
    r"\s*Subquery:\s?\d+\s+Hosting operator id\s?=\s?(\d{1,9})(?:\s+Hosting Expression\s?=\s?(.*))?", re.ASCII
)
_OTHER_TREES = re.compile(r"\s*={5}", re.ASCII)
_DETAIL_LINE = re.compile(
    r"(?:Output|Input|Arguments|Condition|Keys|Functions|Results|Batched|Location|Left keys)\b", re.ASCII
)
_MAX_DETAIL_LINES = 200


@dataclass(slots=True)
class Detail:
    """The detail block of one operator: its name, its codegen number and its lines, joined and bounded."""

    name: str
    codegen: int | None
    lines: list[str] = field(default_factory=list)
    chars: int = 0

    def add(self, line: str) -> None:
        """Take one more line of the block while there is room."""
        if self.chars < MAX_ARGUMENT_CHARS and len(self.lines) < _MAX_DETAIL_LINES:
            self.lines.append(line.strip()[:MAX_ARGUMENT_CHARS])
            self.chars += len(line)

    @property
    def text(self) -> str:
        """The block's lines as arguments."""
        return "; ".join(self.lines)


@dataclass(slots=True)
class PhysicalSection:
    """A physical plan's printed trees, the plan itself first, and the detail blocks by operator number."""

    trees: list[PrintedTree]
    details: dict[int, Detail] = field(default_factory=dict)


def divide_physical(lines: list[str], steps: Steps, *, headed: bool) -> PhysicalSection:
    """Divide the lines of a physical section. Trees shown inside detail blocks (of a cached relation) are arguments there."""
    steps.add(sum(map(len, lines)) + len(lines))
    section = PhysicalSection([PrintedTree(headed=headed)])
    tree: PrintedTree | None = section.trees[0]
    detail: Detail | None = None
    after_blank = True
    for line in lines:
        opened = _DETAIL.match(line) if "(" in line[:9] else None
        # A wrapped argument can begin like a block, as in ``(3) AND isnotnull(…``.
        if opened is not None and (after_blank or looks_like_operator(line[opened.end() :])):
            tree = None
            found = _CODEGEN.search(line, opened.end())
            name = line[opened.end() : found.start() if found is not None else len(line)].strip()
            detail = Detail(name, int(found.group(1)) if found is not None else None)
            section.details.setdefault(int(opened.group(1)), detail)
            after_blank = False
            continue
        after_blank = not line
        hosted = _HOSTED.match(line) if "Subquery:" in line else None
        if hosted is not None:
            tree = PrintedTree(headed=True, host=int(hosted.group(1)), hosting=(hosted.group(2) or "").strip())
            section.trees.append(tree)
            detail = None
        elif "=====" in line and _OTHER_TREES.match(line):
            # Exchanges that adaptive execution optimised away are shown as trees too; they belong to no plan.
            detail = None
            tree = None
        elif tree is not None:
            tree.add(line)
        elif not line:
            detail = None
        elif detail is not None:
            detail.add(line)
    return section


def tree_of_details(details: dict[int, Detail]) -> RawTree:
    """What is left where the detail blocks were pasted without their tree: operators that nothing connects."""
    tree = RawTree(truncated_top=True, truncated_bottom=True)
    tree.nodes = [
        RawNode(f"{detail.name} ({number})")
        for number, detail in details.items()
        if looks_like_operator(detail.name) and any(_DETAIL_LINE.match(line) for line in detail.lines)
    ]
    return tree

"""Draw a plan as the indented tree that Spark prints, with a mark before and a note beside operators."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from clusop.plan.node import Link

if TYPE_CHECKING:
    from collections.abc import Mapping

    from clusop.plan.node import Plan

__all__ = ["MAX_DRAWN_LEVELS", "render_tree"]

MAX_DRAWN_LEVELS = 120
"""Deeper operators are drawn with the innermost levels only and their depth in brackets: the output stays linear."""

_NOTHING: Mapping[int, str] = MappingProxyType({})
_NOTE_GAP = "  "


def render_tree(
    plan: Plan, notes: Mapping[int, str] = _NOTHING, marks: Mapping[int, str] = _NOTHING, *, argument_chars: int = 0
) -> str:
    """The tree, one line an operator, without a line break at the end.

    ``marks`` and ``notes`` are by operator index: a mark stands between the branch and the name (as Spark's ``*(1)`` does), a
    note behind the line. ``argument_chars`` of each operator's arguments are shown. Subqueries and cached plans are indented
    one level more than children and stand before them, as Spark prints them. Characters that are no print (terminal escapes
    in a column name) are drawn as ``?``.
    """
    lines: list[str] = []
    stack = [(root, "", "", 0) for root in reversed(plan.roots)]
    while stack:
        index, guides, branch, depth = stack.pop()
        operator = plan.operators[index]
        text = f"{operator.name} {_on_one_line(operator.arguments[:argument_chars])}".rstrip()
        mark = marks.get(index, "")
        note = notes.get(index, "")
        head = f"[{depth}] " if depth > MAX_DRAWN_LEVELS else ""
        line = f"{head}{guides}{branch}{mark + ' ' if mark else ''}{text}{_NOTE_GAP + note if note else ''}"
        lines.append(_printable(line.rstrip()))
        if branch:
            guides = _nearest(guides + (":  " if branch[0] == ":" else "   "))
        stack.extend(reversed(_below(plan, index, guides, depth + 1)))
    return "\n".join(lines)


def _below(plan: Plan, index: int, guides: str, depth: int) -> list[tuple[int, str, str, int]]:
    """What hangs on an operator, in printed order, with its guides and branch."""
    children = plan.data_children(index)
    holders = [each for each in plan.children[index] if plan.operators[each].link is not Link.CHILD]
    inner = _nearest(guides + ("   " if not children else ":  "))
    drawn = [(each, inner, "+- " if each == holders[-1] else ":- ", depth) for each in holders]
    drawn.extend((each, guides, "+- " if each == children[-1] else ":- ", depth) for each in children)
    return drawn


def _nearest(guides: str) -> str:
    return guides[-3 * MAX_DRAWN_LEVELS :]


def _on_one_line(arguments: str) -> str:
    return " ".join(arguments.split())


def _printable(line: str) -> str:
    if line.isprintable():
        return line
    return "".join(character if character.isprintable() else "?" for character in line)

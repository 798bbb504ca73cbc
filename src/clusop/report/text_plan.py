"""A plan on a terminal: the island's number in the margin, the cause below its operator, arguments as space allows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.padding import Padding
from rich.text import Text

from clusop.plan.kind import Kind
from clusop.report.text_parts import STYLES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import RenderableType

    from clusop.report.view import Line, TreeView

__all__ = ["plan_lines"]

_MARGIN = 5
_SHOWN = 120


def plan_lines(tree: TreeView, width: int) -> Iterator[RenderableType]:
    """The lines of ``tree``. Arguments are cut to the width, causes wrap."""
    for line in tree.lines[:_SHOWN]:
        yield _operator(line, width)
        if line.cause:
            yield _cause(line)
    hidden = max(len(tree.lines) - _SHOWN, 0) + tree.hidden
    if hidden:
        yield Text(f"{'':{_MARGIN}}… {hidden:,} more lines of this plan are not shown", style="dim")


def _operator(line: Line, width: int) -> Text:
    marked = line.island is not None
    text = Text(no_wrap=True, overflow="ellipsis")
    text.append(f"{f'▌{line.island}' if marked else '':<{_MARGIN}}", style=STYLES["fallback"])
    text.append(line.guides, style="dim")
    text.append(line.name, style=_style(line))
    if line.note:
        text.append(f"  ({line.note})", style="dim")
    rest = width - text.cell_len - 2
    if line.arguments and rest > len("…") * 8:
        arguments = Text(line.arguments, style="dim")
        arguments.truncate(rest, overflow="ellipsis")
        text.append("  ")
        text.append_text(arguments)
    return text


def _cause(line: Line) -> RenderableType:
    text = Text.assemble(("↳ ", "dim"), (line.cause, f"bold {STYLES['fallback']}"))
    if line.why:
        text.append(f": {line.why}")
    if line.share:
        text.append(f" · {line.share}", style="bold")
    return Padding(text, (0, 0, 0, _MARGIN + len(line.guides) + 2))


def _style(line: Line) -> str:
    if line.island is not None:
        return f"bold {STYLES['fallback']}"
    if line.collapsed or line.kind == Kind.NATIVE.value:
        return STYLES["native"]
    if line.kind in {Kind.BOUNDARY.value, Kind.WRAPPER.value, Kind.COMMAND.value}:
        return "dim"
    return ""

"""Ranked tables on a terminal. The cause wraps, it is never cut; the description gives way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich import box
from rich.console import Group
from rich.table import Table
from rich.text import Text

from clusop.report.amounts import TIMES
from clusop.report.text_parts import STYLES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import RenderableType

    from clusop.report.view import RowView

__all__ = ["overview_table", "ranked_table"]

_WIDE = 100
_VERDICT_CELLS = 15


def ranked_table(rows: Iterable[RowView], width: int) -> RenderableType:
    """The queries of one input."""
    listed = tuple(rows)
    return _table("Query", [(_ids(row), row) for row in listed], width)


def overview_table(rows: Iterable[tuple[str, RowView]], width: int) -> RenderableType:
    """Inputs that hold one query each."""
    return _table("Input", [(name, row) for name, row in rows], width)


def _table(first: str, rows: list[tuple[str, RowView]], width: int) -> RenderableType:
    has_time = any(row.off_engine or row.run_time for _, row in rows)
    has_money = any(row.exposure for _, row in rows)
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    table.add_column(first, overflow="fold", max_width=36 if width >= _WIDE else 22)
    table.add_column("Verdict", no_wrap=True, max_width=_VERDICT_CELLS)
    table.add_column("Why", overflow="fold", ratio=1)
    if has_time:
        table.add_column("Time", justify="right", no_wrap=True)
        table.add_column("Off engine", justify="right", no_wrap=True)
    if has_money:
        table.add_column("Premium", justify="right", no_wrap=True)
    table.add_column("Do", no_wrap=True)
    for name, row in rows:
        cells: list[RenderableType] = [
            Text(name, overflow="fold"),
            Text(row.verdict_word, style=STYLES[row.verdict.value]),
        ]
        cells.append(_why(row))
        if has_time:
            cells += [Text(row.run_time or "–"), Text(row.off_engine or "–")]
        if has_money:
            cells.append(Text(row.exposure))
        cells.append(Text(row.action if row.action != "none" else "", style="bold"))
        table.add_row(*cells)
    return table


def _ids(row: RowView) -> str:
    times = f" {TIMES}{row.times:,}" if row.times > 1 else ""
    return f"{row.ids[0]}{times}"


def _why(row: RowView) -> RenderableType:
    role = f"{row.role}: " if row.role else ""
    description = Text(role + row.description, style="dim", no_wrap=True, overflow="ellipsis")
    if not row.cause:
        return description
    cause = Text(row.cause, overflow="fold")
    return Group(cause, description) if row.description or role else cause

"""The matrix for the terminal."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from clusop.certify.words import (
    agent_sentence,
    agreement_sentences,
    areas,
    operators_text,
    outcome_text,
    share_text,
    stamp_text,
    tally,
    why_text,
)

if TYPE_CHECKING:
    from clusop.certify.matrix import Matrix

__all__ = ["matrix_text"]

_STYLES = {"native": "green", "fallback": "red", "failed": "bold red", "partial": "yellow", "unknown": "yellow"}


def matrix_text(matrix: Matrix, width: int = 120, *, is_coloured: bool = False) -> str:
    """One table per area, then what was checked."""
    stream = io.StringIO()
    console = Console(file=stream, width=width, force_terminal=is_coloured, no_color=not is_coloured, highlight=False)
    console.print(Text(stamp_text(matrix.stamp)))
    console.print(Text(f"{len(matrix.cells)} fixtures: {tally(matrix.cells)}\n"))
    for area, cells in areas(matrix):
        table = Table(title=area, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False)
        for name, width_ in (("fixture", 34), ("outcome", 24), ("why", None), ("time off", 10)):
            table.add_column(name, width=width_, overflow="fold")
        for cell in cells:
            off = operators_text(cell)
            why = "\n".join(part for part in (why_text(cell), f"off: {off}" if off else "") if part)
            style = _STYLES.get(cell.outcome.value, "")
            table.add_row(cell.fixture, Text(outcome_text(cell), style), Text(why), share_text(cell.share))
        console.print(table)
    for sentence in (*agreement_sentences(matrix.agreement), agent_sentence(matrix.agent)):
        console.print(Text(sentence))
    return stream.getvalue()

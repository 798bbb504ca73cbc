"""A table as plain text and as escaped HTML, for a notebook or a terminal."""

from __future__ import annotations

import html
from dataclasses import dataclass

__all__ = ["Table"]

_WIDEST = 60
_GAP = "  "


@dataclass(frozen=True, slots=True)
class Table:
    """A heading, columns, rows of text, and sentences below."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()

    def text(self) -> str:
        """The table with its columns aligned; long cells are cut."""
        lines = [self.title]
        if self.rows:
            cells = [[_cut(cell) for cell in row] for row in (self.columns, *self.rows)]
            widths = [max(len(row[at]) for row in cells) for at in range(len(self.columns))]
            drawn = [
                _GAP.join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells
            ]
            lines += ["", drawn[0], _GAP.join("-" * width for width in widths), *drawn[1:]]
        if self.notes:
            lines += ["", *self.notes]
        return "\n".join(lines)

    def html(self) -> str:
        """The table as HTML without any style of its own but alignment; every text is escaped."""
        parts = [f"<div><strong>{html.escape(self.title)}</strong>"]
        if self.rows:
            head = "".join(f'<th style="text-align:left">{html.escape(name)}</th>' for name in self.columns)
            body = "".join(
                "<tr>" + "".join(f'<td style="text-align:left">{html.escape(cell)}</td>' for cell in row) + "</tr>"
                for row in self.rows
            )
            parts.append(f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>")
        parts += [f"<div>{html.escape(note)}</div>" for note in self.notes]
        return "".join([*parts, "</div>"])


def _cut(cell: str) -> str:
    plain = " ".join(cell.split())
    return plain if len(plain) <= _WIDEST else plain[: _WIDEST - 1] + "…"

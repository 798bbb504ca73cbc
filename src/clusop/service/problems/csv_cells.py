"""Rows as CSV (RFC 4180) that a spreadsheet shows and does not run."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["csv_lines", "safe_cell"]

# What spreadsheets take for the beginning of a formula, also in full width.
_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def safe_cell(value: object) -> str:
    """A cell's text. Text that could be run as a formula gets an apostrophe in front; numbers stay numbers.

    >>> safe_cell("=1+1"), safe_cell(-5)
    ("'=1+1", '-5')
    """
    if value is None:
        return ""
    if not isinstance(value, str):
        return str(value)
    return f"'{value}" if value.startswith(_STARTS) or value.lstrip().startswith(_STARTS) else value


def csv_lines(rows: Iterable[Iterable[object]]) -> str:
    """``rows`` as lines, each ended by CR LF."""
    written = io.StringIO()
    csv.writer(written, lineterminator="\r\n").writerows([safe_cell(cell) for cell in row] for row in rows)
    return written.getvalue()

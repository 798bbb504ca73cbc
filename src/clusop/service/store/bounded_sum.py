"""How to add up in SQL what agents told: one absurd record must not overflow a sum, which would be a fault of the whole page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import case, func

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

__all__ = ["MOST_SUMMED", "bounded", "bounded_sum"]

MOST_SUMMED = 10**13
"""The most that a row counts for: ten million dollars, or 300 core-years, of one problem in one day. 900,000 such rows fit."""


def bounded(column: ColumnElement[int]) -> ColumnElement[int]:
    """The column, at most :data:`MOST_SUMMED`; what is not told stays so."""
    return case((column > MOST_SUMMED, MOST_SUMMED), else_=column)


def bounded_sum(column: ColumnElement[int]) -> ColumnElement[int]:
    """The sum of the column, each row at most :data:`MOST_SUMMED`."""
    return func.sum(bounded(column))

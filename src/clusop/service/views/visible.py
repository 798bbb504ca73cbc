"""What a caller may see: a token bound to a workspace sees that one only."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import Column, ColumnElement

__all__ = ["ALL_WORKSPACES", "within"]

ALL_WORKSPACES = "*"


def within(column: Column[str], workspace: str) -> list[ColumnElement[bool]]:
    """The condition that a row is of ``workspace``; none where the caller may see all."""
    return [] if workspace == ALL_WORKSPACES else [column == workspace]

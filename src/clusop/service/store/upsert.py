"""Inserts that say what happens where the row is there already, in either dialect."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy.dialects import postgresql, sqlite

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy import Connection, Table

__all__ = ["IN_CHUNK", "chunks", "inserting"]

T = TypeVar("T")

IN_CHUNK = 500
"""How many values one IN list takes: far below what either database allows."""


def inserting(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An insert into ``table`` with ``on_conflict_do_nothing`` and ``on_conflict_do_update``."""
    return sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)


def chunks(values: Iterable[T], size: int = IN_CHUNK) -> Iterator[list[T]]:
    """``values`` in lists of at most ``size``."""
    waiting = iter(values)
    while chunk := list(islice(waiting, size)):
        yield chunk

"""Decisions for programs: the newest of each compute definition, or all that were made about one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from clusop.service.decisions.newest import newest_since
from clusop.service.store.tables.decisions import engine_decisions
from clusop.service.told_text import MAX_NAME_CHARS, plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement, Connection, RowMapping

__all__ = ["DecisionQuery", "list_decisions"]

_FILTERS = ("workspace", "compute", "action")


@dataclass(frozen=True, slots=True)
class DecisionQuery:
    """Which decisions; ``None`` asks for any. ``before_id`` is the last id of the page before, 0 at the beginning.
    ``is_history``: also those that newer ones have replaced. Only those made since ``since_ms``.
    """

    visible: str = "*"
    workspace: str | None = None
    compute: str | None = None
    action: str | None = None
    is_history: bool = False
    since_ms: int = 0
    before_id: int = 0
    limit: int = 100


def list_decisions(connection: Connection, query: DecisionQuery) -> Sequence[RowMapping]:
    """A page, newest first."""
    table = engine_decisions
    conditions: list[ColumnElement[bool]] = []
    if query.visible != "*":
        conditions.append(table.c.workspace == query.visible)
    for name in _FILTERS:
        told = getattr(query, name)
        if told is not None:
            conditions.append(table.c[name] == plain(told, name)[:MAX_NAME_CHARS])
    if query.before_id:
        conditions.append(table.c.id < query.before_id)
    if query.is_history:
        conditions.append(table.c.decided_at_ms >= query.since_ms)
    else:
        conditions += newest_since(query.since_ms)
    asked = select(table).where(*conditions).order_by(table.c.id.desc()).limit(query.limit)
    return connection.execute(asked).mappings().all()

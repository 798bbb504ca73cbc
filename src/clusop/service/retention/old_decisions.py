"""Engine decisions past the horizon go: the hours they rest on are gone, and a compute definition that still runs is decided on
every day.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from clusop.service.store.tables.decisions import engine_decisions

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from clusop.service.store.database import Database

__all__ = ["forget_decisions"]

_AT_ONCE = 500


def forget_decisions(database: Database, horizon_at_ms: int) -> int:
    """Forget decisions made before the horizon, in small transactions. How many went."""
    count = 0
    while True:
        gone = database.write(lambda connection: _forget(connection, horizon_at_ms))
        count += gone
        if gone < _AT_ONCE:
            return count


def _forget(connection: Connection, horizon_at_ms: int) -> int:
    column = engine_decisions.c
    old = (
        select(column.id)
        .where(column.decided_at_ms < horizon_at_ms)
        .order_by(column.decided_at_ms, column.id)
        .limit(_AT_ONCE)
    )
    ids = connection.execute(old).scalars().all()
    if ids:
        connection.execute(delete(engine_decisions).where(column.id.in_(ids)))
    return len(ids)

"""Leases: one holder a name across all replicas, until it lets go or its time is over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import or_, select

from clusop.service.store.tables.access import leases
from clusop.service.store.upsert import inserting

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection

__all__ = ["is_free", "rest_lease", "take_lease", "take_resting_lease"]


def is_free(connection: Connection, name: str, now_ms: int) -> bool:
    """Whether it is worth asking for the lease: looking costs nothing, asking is a write."""
    until_at_ms = connection.scalar(select(leases.c.until_at_ms).where(leases.c.name == name))
    return until_at_ms is None or until_at_ms <= now_ms


def take_lease(connection: Connection, name: str, holder: str, now_ms: int, until_at_ms: int) -> bool:
    """Take or renew the lease; whether ``holder`` has it now. One statement: two who ask at once do not both get it."""
    free = or_(leases.c.until_at_ms <= now_ms, leases.c.holder == holder)
    return _take(connection, {"name": name, "holder": holder, "until_at_ms": until_at_ms}, free)


def take_resting_lease(connection: Connection, name: str, holder: str, now_ms: int, until_at_ms: int) -> bool:
    """The same, also where nobody holds it and it is not due yet."""
    free = or_(leases.c.until_at_ms <= now_ms, leases.c.holder.in_([holder, ""]))
    return _take(connection, {"name": name, "holder": holder, "until_at_ms": until_at_ms}, free)


def _take(connection: Connection, values: dict[str, object], free: ColumnElement[bool]) -> bool:
    insert = inserting(connection, leases).values(**values)
    taken = connection.execute(
        insert.on_conflict_do_update(
            index_elements=["name"],
            set_={name: values[name] for name in ("holder", "until_at_ms")},
            where=free,
        ).returning(leases.c.holder)
    )
    return taken.first() is not None


def rest_lease(connection: Connection, name: str, holder: str, until_at_ms: int) -> None:
    """Let go, but nobody (the holder included) is to do the job again before ``until_at_ms``."""
    connection.execute(
        leases.update()
        .where(leases.c.name == name, leases.c.holder == holder)
        .values(holder="", until_at_ms=until_at_ms)
    )

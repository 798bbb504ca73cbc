"""Work that two replicas must not do at once, though a lease ran out under one of them."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from sqlalchemy import text

if TYPE_CHECKING:
    from sqlalchemy import Connection

__all__ = ["alone"]


def alone(connection: Connection, name: str) -> None:
    """Wait until nobody else is in a transaction that called this with ``name``; until the end of this one nobody will be.

    SQLite has one writer anyhow.
    """
    if connection.dialect.name != "sqlite":
        lock = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": lock})

"""Whether a fault of the database means that it is away for a while: stopped, started again, full, out of connections, locked."""

from __future__ import annotations

import sqlite3

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

__all__ = ["is_away"]

# SQLite calls a missing column an operational error too, and before Python 3.11 only its words tell them apart.
_WORDS = ("locked", "busy", "is full", "disk i/o error", "unable to open")


def is_away(error: Exception) -> bool:
    """Whether what was asked may well succeed later, though nothing is changed here."""
    if isinstance(error, PoolTimeoutError):
        return True
    if not isinstance(error, DBAPIError):
        return False
    if isinstance(error.orig, sqlite3.Error):
        told = str(error.orig).lower()
        return isinstance(error, OperationalError) and any(word in told for word in _WORDS)
    return error.connection_invalidated or isinstance(error, (OperationalError, InterfaceError))

"""One database, opened: connections that read, transactions that write. SQLite or PostgreSQL, the same to whoever asks.

SQLite takes one writer at a time. Writers of this process queue up at a lock, so that none of them waits in SQLite's own
busy loop; other processes are waited for up to half a minute.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from clusop.errors import InputError
from clusop.service.store.changes import begin_count, count_changes, watch_changes
from clusop.service.store.encoding import check_encoding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Engine
    from sqlalchemy.engine import URL

__all__ = ["Database", "database_url", "open_database"]

_BUSY_MS = 30_000
_PAGE_CACHE_KIB = 16_384
# Of a new file. Three signals fit in a page; half as many pages are half as many writes.
_PAGE_BYTES = 8192
# In pages, 64 MiB: pages that every group of batches changes are carried over once for many groups.
_CHECKPOINT_PAGES = 8192
_POOL = 8


class Database:
    """An open database. ``is_sqlite`` says which of both dialects it speaks."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.is_sqlite = engine.dialect.name == "sqlite"
        watch_changes(engine)
        self._writer = threading.RLock()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection whose reads see one state of the database."""
        with self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction: committed at the end, rolled back by any exception."""
        if not self.is_sqlite:
            with self.engine.begin() as connection:
                begin_count(connection)
                yield connection
                count_changes(connection)
            return
        with self._writer, self.engine.connect() as opened:
            connection = opened.execution_options(clusop_writes=True)
            with connection.begin():
                begin_count(connection)
                yield connection
                count_changes(connection)

    def close(self) -> None:
        """Let go of all connections."""
        self.engine.dispose()


def database_url(told: str) -> URL:
    """The address as SQLAlchemy wants it, psycopg 3 for PostgreSQL. Raises ``InputError`` for one that is none."""
    try:
        url = make_url(told)
    except ArgumentError as error:
        raise InputError(
            "database", "is no address of a database", "Give sqlite:////path/to/file or postgresql://user@host/name."
        ) from error
    if url.drivername in {"postgresql", "postgres", "postgresql+psycopg"}:
        return url.set(drivername="postgresql+psycopg")
    if url.drivername in {"sqlite", "sqlite+pysqlite"}:
        return url.set(drivername="sqlite+pysqlite")
    raise InputError("database", f"{url.drivername!r} is not supported", "Give a SQLite file or a PostgreSQL database.")


def open_database(told: str) -> Database:
    """Open ``told`` (an URL) and see that it answers. Raises ``InputError`` in one sentence where it does not."""
    url = database_url(told)
    try:
        database = Database(_sqlite(url) if url.drivername.startswith("sqlite") else _postgresql(url))
        with database.reading() as connection:
            connection.exec_driver_sql("SELECT 1")
    except (DBAPIError, NoSuchModuleError, OSError) as error:
        cause = str(getattr(error, "orig", error)).strip().splitlines() or [type(error).__name__]
        raise InputError(
            f"database {url.render_as_string(hide_password=True)}",
            f"cannot be opened ({cause[0][:200]})",
            "See that it is there and that this user may write to it.",
        ) from error
    return database


def _sqlite(url: URL) -> Engine:
    engine = create_engine(
        url,
        hide_parameters=True,
        pool_size=_POOL,
        max_overflow=_POOL,
        connect_args={"timeout": _BUSY_MS / 1000, "check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def _opened(connection: Any, _record: object) -> None:  # Any: the driver's connection, of either driver
        # Transactions begin where SQLAlchemy says so, not where the driver guesses.
        connection.isolation_level = None
        for pragma in (
            f"page_size = {_PAGE_BYTES}",
            "journal_mode = WAL",
            f"wal_autocheckpoint = {_CHECKPOINT_PAGES}",
            # An acknowledged record is on the disk, not only in the system's cache.
            "synchronous = FULL",
            f"busy_timeout = {_BUSY_MS}",
            "foreign_keys = ON",
            f"cache_size = -{_PAGE_CACHE_KIB}",
            "temp_store = MEMORY",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begun(connection: Connection) -> None:
        writes = connection.get_execution_options().get("clusop_writes", False)
        # A transaction that reads first and writes later would fail where another wrote between.
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _postgresql(url: URL) -> Engine:
    engine = create_engine(url, hide_parameters=True, pool_size=_POOL, max_overflow=_POOL, pool_pre_ping=True)
    # First: SQLAlchemy's own questions to a new connection fail where the driver hands texts over as bytes.
    event.listen(engine, "connect", check_encoding, insert=True)
    return engine

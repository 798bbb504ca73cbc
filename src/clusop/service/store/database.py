"""One database, opened: connections that read, transactions that write. SQLite or PostgreSQL, the same to whoever asks.

SQLite takes one writer at a time. Writers of this process queue up at a lock, so that none of them waits in SQLite's own
busy loop; other processes are waited for up to half a minute. All of them write over one connection: what it has read it need
not read again, and memory has room for one cache of a writer, not for one in every connection of a pool.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from clusop.errors import InputError
from clusop.service.store.again import until_done
from clusop.service.store.changes import begin_count, count_changes, watch_changes
from clusop.service.store.encoding import check_encoding
from clusop.service.store.private_file import make_private
from clusop.service.store.unusable import unusable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Connection, Engine
    from sqlalchemy.engine import URL

__all__ = ["Database", "database_url", "open_database"]

_BUSY_MS = 30_000
# Each connection has a cache of its own, which loses its worth as soon as another one writes.
_WRITER_CACHE_KIB = 16_384
_READER_CACHE_KIB = 4_096
# Of a new file. Three signals fit in a page; half as many pages are half as many writes.
_PAGE_BYTES = 8192
# In pages, 64 MiB: pages that every group of batches changes are carried over once for many groups.
_CHECKPOINT_PAGES = 8192
_POOL = 8
_CONNECT_S = 10
_GIVE = "Give sqlite:////path/to/file or postgresql://user@host/name."

T = TypeVar("T")


class Database:
    """An open database. ``is_sqlite`` says which of both dialects it speaks. On SQLite what reads goes through ``engine`` and
    what writes through ``writing_engine``, which has one connection; on PostgreSQL both are the same.
    """

    def __init__(self, engine: Engine, writing: Engine) -> None:
        self.engine = engine
        self.writing_engine = writing
        self.is_sqlite = engine.dialect.name == "sqlite"
        watch_changes(writing)
        self._writer = threading.Lock()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection whose reads see one state of the database. Nothing is written over it: the database refuses."""
        with self.engine.connect() as connection, connection.begin():
            if not self.is_sqlite:
                # Each statement would else see what was committed just before it, and a page tell two states at once. Of this
                # transaction only: as an option of the connection it would leave "read write" behind, whatever the server
                # says. SQLite's transactions see one state from their first look on.
                connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield connection

    def write(self, work: Callable[[Connection], T]) -> T:
        """What ``work`` gives in a transaction that is committed at its end. Where the database broke the transaction up for
        others' sake, ``work`` is called again, in a new one: it must do nothing that outlives a rollback.
        """

        def once() -> T:
            with self.writing() as connection:
                return work(connection)

        return until_done(once)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that is tried once: committed at the end, rolled back by any exception. The service takes
        :meth:`write`.
        """
        if not self.is_sqlite:
            with self.writing_engine.begin() as connection:
                begin_count(connection)
                yield connection
                count_changes(connection)
            return
        with self._writer, self.writing_engine.begin() as connection:
            begin_count(connection)
            yield connection
            count_changes(connection)

    def close(self) -> None:
        """Let go of all connections."""
        self.engine.dispose()
        self.writing_engine.dispose()


def database_url(told: str) -> URL:
    """The address as SQLAlchemy wants it, psycopg 3 for PostgreSQL. Raises ``InputError`` for one that is none."""
    try:
        url = make_url(told)
    except (ArgumentError, ValueError) as error:
        raise InputError("database", "is no address of a database", _GIVE) from error
    if "@" in (url.host or ""):
        # What looks like the host is the end of a password.
        raise InputError("database", "has an @ too many", "Write one in a user's name or password as %40.")
    if url.drivername in {"postgresql", "postgres", "postgresql+psycopg"}:
        return url.set(drivername="postgresql+psycopg")
    if url.drivername in {"sqlite", "sqlite+pysqlite"}:
        if url.host or url.database in {None, "", ":memory:"}:
            raise InputError("database", "names no file", "Give sqlite:////path/to/file.")
        return url.set(drivername="sqlite+pysqlite")
    raise InputError("database", f"{url.drivername!r} is not supported", "Give a SQLite file or a PostgreSQL database.")


def open_database(told: str) -> Database:
    """Open ``told`` (an URL) and see that it answers. Raises ``InputError`` in one sentence where it does not."""
    url = database_url(told)
    try:
        database = _sqlite(url) if url.drivername.startswith("sqlite") else _postgresql(url)
        with database.reading() as connection:
            connection.exec_driver_sql("SELECT 1")
    except (DBAPIError, NoSuchModuleError, OSError, ValueError) as error:
        raise unusable(url, "opened", error) from error
    return database


def _sqlite(url: URL) -> Database:
    make_private(url)
    connect_args = {"timeout": _BUSY_MS / 1000, "check_same_thread": False}
    # The last one given back is the first one taken: of those that many readers once needed, most keep small caches.
    reading = create_engine(
        url, hide_parameters=True, connect_args=connect_args, pool_size=_POOL, max_overflow=_POOL, pool_use_lifo=True
    )
    writing = create_engine(url, hide_parameters=True, connect_args=connect_args, pool_size=1, max_overflow=0)
    _prepare(reading, "BEGIN", f"cache_size = -{_READER_CACHE_KIB}", "query_only = ON")
    # A transaction that reads first and writes later would fail where another wrote between.
    _prepare(writing, "BEGIN IMMEDIATE", f"cache_size = -{_WRITER_CACHE_KIB}")
    return Database(reading, writing)


def _prepare(engine: Engine, begin: str, *pragmas: str) -> None:
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
            "temp_store = MEMORY",
            *pragmas,
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begun(connection: Connection) -> None:
        connection.exec_driver_sql(begin)


def _postgresql(url: URL) -> Database:
    # A server that does not answer is one sentence, too. The address may say otherwise.
    patience = {} if "connect_timeout" in url.query else {"connect_timeout": _CONNECT_S}
    engine = create_engine(
        url, hide_parameters=True, pool_size=_POOL, max_overflow=_POOL, pool_pre_ping=True, connect_args=patience
    )
    # First: SQLAlchemy's own questions to a new connection fail where the driver hands texts over as bytes.
    event.listen(engine, "connect", check_encoding, insert=True)
    return Database(engine, engine)

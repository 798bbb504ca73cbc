"""What storing signals takes, counted and not timed: statements, commits and bytes of the log that SQLite writes ahead.

The service's own writer is given batches that all wait already, so that it groups them alike on every machine. Beside it a bare
program stores the same lines in groups of the same size, as safely, without checks, problems or roll-up.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import time
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from sqlalchemy import event, func, select

from clusop.clock import SystemClock
from clusop.service.ingest.batch import batch_of
from clusop.service.ingest.limits import Limits
from clusop.service.ingest.writer import Writer
from clusop.service.store.database import open_database
from clusop.service.store.migrate import migrate
from clusop.service.store.tables.problems import signals

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from clusop.service.store.database import Database

__all__ = ["Bare", "Counts", "Pass", "bare", "counted"]

_PAGE_BYTES = 8192
_RETAIN_DAYS = 400


@dataclass(frozen=True, slots=True)
class Pass:
    """Batches of lines to store: all of them waiting at once, or each after the one before is committed."""

    batches: Sequence[Sequence[bytes]]
    is_together: bool


@dataclass(frozen=True, slots=True)
class Counts:
    """Of one pass. ``wal_bytes`` are those of the write-ahead log alone, which is not emptied meanwhile."""

    batches: int
    signals: int
    accepted: int
    stored: int
    statements: int
    commits: int
    wal_bytes: int

    @property
    def statements_per_batch(self) -> float:
        """Statements that a batch costs; one for many rows counts once."""
        return self.statements / self.batches

    @property
    def commits_per_batch(self) -> float:
        """Below 1 where batches are committed together."""
        return self.commits / self.batches

    @property
    def bytes_per_signal(self) -> float:
        """Bytes written ahead."""
        return self.wal_bytes / self.signals


@dataclass(frozen=True, slots=True)
class Bare:
    """What the bare program took."""

    signals: int
    clock_s: float
    cpu_s: float
    wal_bytes: int

    @property
    def per_s(self) -> float:
        """Signals a second, by the clock."""
        return self.signals / self.clock_s

    @property
    def cpu_us(self) -> float:
        """Processor time of a signal, µs."""
        return self.cpu_s / self.signals * 1e6

    @property
    def bytes_per_signal(self) -> float:
        """Bytes written ahead."""
        return self.wal_bytes / self.signals


def counted(folder: Path, passes: Sequence[Pass]) -> list[Counts]:
    """Store ``passes``, one after the other in one database, and count each for itself."""
    path = folder / "counted.db"
    database = open_database(f"sqlite:///{path}")
    migrate(database)
    tally = _watched(database)
    found: list[Counts] = []
    for one in passes:
        before, wal_before = dict(tally), _wal_bytes(path)
        accepted = _stored(database, one)
        spent = {name: tally[name] - before[name] for name in tally}
        wal_bytes = _wal_bytes(path) - wal_before
        with database.reading() as connection:
            stored = connection.scalar(select(func.count()).select_from(signals)) or 0
        found.append(
            Counts(
                batches=len(one.batches),
                signals=sum(map(len, one.batches)),
                accepted=accepted,
                stored=stored - sum(each.stored for each in found),
                statements=spent["statements"],
                commits=spent["commits"],
                wal_bytes=wal_bytes,
            )
        )
    database.close()
    return found


def _stored(database: Database, one: Pass) -> int:
    writer = Writer(database, SystemClock(), Limits(_RETAIN_DAYS))
    batches = [batch_of(lines) for lines in one.batches]
    if not one.is_together:
        writer.start()
        accepted = sum(writer.submit(batch).result().accepted for batch in batches)
    else:
        # All wait before the writer begins: how they are grouped is no matter of luck.
        receipts = [writer.submit(batch) for batch in batches]
        writer.start()
        accepted = sum(receipt.result().accepted for receipt in receipts)
    writer.stop()
    return accepted


def bare(folder: Path, lines: Sequence[bytes], group: int) -> Bare:
    """A program that only decodes and stores ``lines``, ``group`` in a transaction, kept as safely as the service keeps them."""
    path = folder / "bare.db"
    opened = sqlite3.connect(path, isolation_level=None)
    for word in (f"page_size = {_PAGE_BYTES}", "journal_mode = WAL", "synchronous = FULL", "wal_autocheckpoint = 0"):
        opened.execute(f"PRAGMA {word}")
    opened.execute(
        "CREATE TABLE bare (agent TEXT, sequence INTEGER, hash BLOB, line BLOB, PRIMARY KEY (agent, sequence))"
    )
    wal_before = _wal_bytes(path)
    began, cpu_began = time.perf_counter(), time.process_time()
    for first, end in pairwise([*range(0, len(lines), group), len(lines)]):
        rows = []
        for line in lines[first:end]:
            record = json.loads(line)
            rows.append((record["agent"], record["sequence"], hashlib.sha256(line).digest(), line))
        opened.execute("BEGIN IMMEDIATE")
        opened.executemany("INSERT INTO bare VALUES (?, ?, ?, ?)", rows)
        opened.execute("COMMIT")
    clock_s, cpu_s = time.perf_counter() - began, time.process_time() - cpu_began
    wal_bytes = _wal_bytes(path) - wal_before
    opened.close()
    path.unlink()
    return Bare(len(lines), clock_s, cpu_s, wal_bytes)


def _watched(database: Database) -> dict[str, int]:
    """Count what the engine does from here on; its log is no longer emptied."""
    tally = {"statements": 0, "commits": 0}

    @event.listens_for(database.writing_engine, "connect")
    def _opened(connection: Any, _record: object) -> None:  # Any: the driver's connection
        connection.execute("PRAGMA wal_autocheckpoint = 0")

    @event.listens_for(database.writing_engine, "before_cursor_execute")
    def _asked(_connection: object, _cursor: object, words: str, *_rest: object) -> None:
        tally["statements"] += not words.startswith("BEGIN")

    @event.listens_for(database.writing_engine, "commit")
    def _committed(_connection: object) -> None:
        tally["commits"] += 1

    # Those that were opened before know nothing of this.
    database.writing_engine.dispose()
    return tally


def _wal_bytes(path: Path) -> int:
    wal = path.with_name(path.name + "-wal")
    return wal.stat().st_size if wal.exists() else 0

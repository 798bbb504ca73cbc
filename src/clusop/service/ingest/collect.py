"""Files that agents left in a folder or Volume: each is read once, in one transaction with the note that it was.

Its records are taken or refused one by one, as those of a request are. A file's name tells agent, first and last sequence; once
it has its name it never changes. One that did, or that is no batch of records at all, is told of and counts nothing.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from sqlalchemy import select

from clusop.reasons import Reason
from clusop.service.ingest.apply import apply_batches
from clusop.service.ingest.batch import Batch, BatchError, batch_of, lines_of
from clusop.service.store.tables.access import collected_files
from clusop.service.store.upsert import inserting

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Connection

    from clusop.service.ingest.limits import Limits
    from clusop.service.ingest.receipt import Receipt
    from clusop.service.store.database import Database

__all__ = ["FILE_NAME", "Collected", "collect_file", "files_below"]

# As the agent names them: clusop.runtime.transport.record_name.
FILE_NAME = re.compile(r"clusop-([0-9a-f]{32})-([0-9]{1,19})-([0-9]{1,19})\.jsonl")
_READ_AT_ONCE = 1 << 20


@dataclass(frozen=True, slots=True)
class Collected:
    """What became of a file: ``taken``, and then ``receipt`` says what became of its records; ``known`` from before; or
    ``refused`` as a whole with the reason, and then nothing of it counts.
    """

    name: str
    outcome: Literal["taken", "known", "refused"]
    receipt: Receipt | None = None
    reason: Reason | None = None


def files_below(folder: Path) -> Iterator[Path]:
    """The files of records below ``folder``, in the order of their names. Others are none of ours."""
    yield from sorted(path for path in folder.rglob("clusop-*.jsonl") if FILE_NAME.fullmatch(path.name))


def collect_file(database: Database, path: Path, now_ms: int, limits: Limits) -> Collected:
    """Take one file. Raises ``OSError`` where it cannot be read."""
    data = _read(path, limits.most_bytes)
    if data is None:
        return Collected(path.name, "refused", reason=Reason("body-too-large"))
    content_hash = hashlib.sha256(data).digest()

    def work(connection: Connection) -> Collected:
        before = [
            row.content_hash
            for row in connection.execute(
                select(collected_files.c.content_hash).where(collected_files.c.name == path.name)
            )
        ]
        if content_hash in before:
            return Collected(path.name, "known")
        if before:
            return Collected(path.name, "refused", reason=Reason("file-changed"))
        batch = _batch(path.name, data)
        if isinstance(batch, Reason):
            return Collected(path.name, "refused", reason=batch)
        # First, so that another process at the same folder waits here, and then finds the file known.
        noted = connection.execute(
            inserting(connection, collected_files)
            .on_conflict_do_nothing()
            .values(name=path.name, content_hash=content_hash, collected_at_ms=now_ms)
            .returning(collected_files.c.id)
        )
        if noted.first() is None:
            return Collected(path.name, "known")
        collected = replace(batch, is_collected=True)
        return Collected(path.name, "taken", apply_batches(connection, [collected], now_ms, limits)[0])

    return database.write(work)


def _read(path: Path, most_bytes: int) -> bytes | None:
    parts: list[bytes] = []
    count = 0
    with path.open("rb") as file:
        while part := file.read(_READ_AT_ONCE):
            count += len(part)
            if count > most_bytes:
                return None
            parts.append(part)
    return b"".join(parts)


def _batch(name: str, data: bytes) -> Batch | Reason:
    """The records that the name promises, good and bad, or what is wrong with the file as a whole. How many they are its bytes
    bound: they are committed together, and no sender waits for an answer.
    """
    try:
        batch = batch_of(lines_of(data))
    except BatchError as error:
        return Reason("malformed-file", error.sentence)
    promised = FILE_NAME.fullmatch(name)
    if promised is None or not batch.record_count:
        return Reason("malformed-file", "It holds no records.")
    if any(one.agent != promised[1] for one in batch.seen) or _ends(batch) != (int(promised[2]), int(promised[3])):
        return Reason("malformed-file", "Its name promises other records.")
    return batch


def _ends(batch: Batch) -> tuple[int, int]:
    """The sequences of the first and of the last line, of which either may be refused."""
    is_first_good = bool(batch.places) and batch.places[0] == 0
    is_last_good = bool(batch.places) and batch.places[-1] == batch.record_count - 1
    first = batch.seen[0].sequence if is_first_good else batch.refused[0].sequence
    last = batch.seen[-1].sequence if is_last_good else batch.refused[-1].sequence
    return first, last

"""The writer: batches wait in a queue and are committed in groups; an answer is given after the commit, never before.

On SQLite one thread writes. On PostgreSQL a few do, each with its own transaction; rows are locked in a fixed order
(:mod:`clusop.service.store.lock_order`), and what the database still breaks up is done again.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING

from clusop.service.ingest.apply import apply_batches

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy import Connection

    from clusop.clock import Clock
    from clusop.service.ingest.batch import Batch
    from clusop.service.ingest.limits import Limits
    from clusop.service.ingest.receipt import Receipt
    from clusop.service.store.database import Database

__all__ = ["StoppingError", "Writer"]

# Of a group: more would keep the first in it waiting.
_MOST_RECORDS = 5000

_logger = logging.getLogger(__name__)


class StoppingError(Exception):
    """The writer takes nothing more."""


@dataclass(slots=True)
class _Waiting:
    batch: Batch
    receipt: Future[Receipt]


class Writer:
    """Threads that commit what is handed to :meth:`submit`. ``told`` is told of every group: batches and ms it took."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        limits: Limits,
        *,
        threads: int = 1,
        told: Callable[[int, float], None] | None = None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._limits = limits
        self._told = told
        self._waiting: deque[_Waiting] = deque()
        self._changed = threading.Condition()
        self._stopping = False
        count = 1 if database.is_sqlite else threads
        self._threads = [
            threading.Thread(target=self._run, name=f"clusop-writer-{number}", daemon=True) for number in range(count)
        ]

    def start(self) -> None:
        """Begin to write."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Commit and answer all that waits, then end."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        for thread in self._threads:
            thread.join()

    @property
    def is_alive(self) -> bool:
        """Whether all threads run."""
        return all(thread.is_alive() for thread in self._threads)

    @property
    def waiting_count(self) -> int:
        """How many batches wait."""
        return len(self._waiting)

    def submit(self, batch: Batch) -> Future[Receipt]:
        """The receipt, once it is committed. Raises ``StoppingError``."""
        waiting = _Waiting(batch, Future())
        with self._changed:
            if self._stopping:
                raise StoppingError
            self._waiting.append(waiting)
            self._changed.notify()
        return waiting.receipt

    def _run(self) -> None:
        while group := self._next_group():
            started_ms = self._clock.monotonic_ms()
            self._commit(group)
            if self._told is not None:
                self._told(len(group), self._clock.monotonic_ms() - started_ms)

    def _next_group(self) -> list[_Waiting]:
        """What waits, up to a bound; empty at the end."""
        with self._changed:
            while not self._waiting and not self._stopping:
                self._changed.wait()
            group: list[_Waiting] = []
            record_count = 0
            while self._waiting and (not group or record_count < _MOST_RECORDS):
                group.append(self._waiting.popleft())
                record_count += group[-1].batch.record_count
            return group

    def _commit(self, group: list[_Waiting]) -> None:
        try:
            receipts = self._apply([one.batch for one in group])
        except Exception as error:
            _logger.exception("%d batches could not be stored together", len(group))
            if len(group) == 1:
                if group[0].receipt.set_running_or_notify_cancel():
                    group[0].receipt.set_exception(error)
                return
            # One batch must not take the others with it.
            for one in group:
                self._commit([one])
            return
        for one, receipt in zip(group, receipts, strict=True):
            # Whoever asked may have gone away meanwhile: it is stored all the same.
            if one.receipt.set_running_or_notify_cancel():
                one.receipt.set_result(receipt)

    def _apply(self, batches: Sequence[Batch]) -> list[Receipt]:
        def work(connection: Connection) -> list[Receipt]:
            return apply_batches(connection, batches, int(self._clock.now_at().timestamp() * 1000), self._limits)

        return self._database.write(work)

"""The schedule: a thread a job, which looks whether it is due and does it under its lease."""

from __future__ import annotations

import logging
import secrets
import threading
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from clusop.service.schedule.leases import is_free, rest_lease, take_lease
from clusop.service.schedule.renewing import LEASE_MS, renewed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from clusop.clock import Clock
    from clusop.service.schedule.job import Job
    from clusop.service.store.database import Database

__all__ = ["Schedule"]

_LOOK_S = 1.0

_logger = logging.getLogger(__name__)


class Schedule:
    """Jobs of one replica. A job that fails is told of in the log and comes again when it is due."""

    def __init__(self, database: Database, clock: Clock, jobs: Sequence[Job]) -> None:
        self._database = database
        self._clock = clock
        self._jobs = jobs
        # Two replicas on one machine are two holders.
        self._holder = secrets.token_hex(8)
        self._over = threading.Event()
        # A thread each: a bill that takes minutes to read keeps no message waiting.
        self._threads = [
            threading.Thread(target=self._run, args=(job,), name=f"clusop-{job.name}", daemon=True) for job in jobs
        ]

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def stop(self, timeout_s: float = 20.0) -> None:
        """Let what is being done end, and do nothing else."""
        self._over.set()
        for thread in self._threads:
            thread.join(timeout_s)

    def run_due(self) -> list[str]:
        """Do what is due and free, one after another; the names of the jobs done."""
        return [job.name for job in self._jobs if self._run_one(job)]

    def _run(self, job: Job) -> None:
        while not self._over.is_set():
            try:
                self._run_one(job)
            except SQLAlchemyError:
                _logger.exception("the lease of the job %s could not be had", job.name)
            self._over.wait(_LOOK_S)

    def _run_one(self, job: Job) -> bool:
        began_ms = self._now_ms()
        with self._database.reading() as connection:
            if not is_free(connection, job.name, began_ms):
                return False
        if not self._lease(job, began_ms):
            return False
        try:
            with renewed(job.name, lambda: self._lease(job, self._now_ms())):
                job.run(self._database, began_ms)
        except Exception:
            # Whatever a job raises: the others are none of its business.
            _logger.exception("the job %s failed", job.name)
        self._database.write(lambda connection: rest_lease(connection, job.name, self._holder, began_ms + job.every_ms))
        return True

    def _lease(self, job: Job, now_ms: int) -> bool:
        return self._database.write(
            lambda connection: take_lease(connection, job.name, self._holder, now_ms, now_ms + LEASE_MS)
        )

    def _now_ms(self) -> int:
        return int(self._clock.now_at().timestamp() * 1000)

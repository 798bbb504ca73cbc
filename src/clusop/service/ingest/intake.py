"""All of ingest in one object: a bounded way from a request's body to its committed receipt."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from clusop.reasons import Reason
from clusop.service.ingest.batch import BatchError
from clusop.service.ingest.decoders import Decoders
from clusop.service.ingest.limits import Limits
from clusop.service.ingest.meters import Meters
from clusop.service.ingest.receipt import Receipt
from clusop.service.ingest.unpack import Parcel
from clusop.service.ingest.writer import StoppingError, Writer

if TYPE_CHECKING:
    from clusop.clock import Clock
    from clusop.service.settings.settings import Settings
    from clusop.service.store.database import Database

__all__ = ["Intake"]

_TOO_MANY = 429
_UNAVAILABLE = 503
_OK = 200


class Intake:
    """``body_bytes`` is what a body may have before it is handed over."""

    def __init__(self, database: Database, settings: Settings, clock: Clock) -> None:
        self.meters = Meters()
        self.body_bytes = settings.count("body_bytes")
        self._most_records = settings.count("batch_records")
        self._unpacked_bytes = settings.count("unpacked_bytes")
        self._most_waiting = settings.count("queue_batches")
        self._waiting = 0
        self._decoders = Decoders(settings.count("decoders"), settings.count("decode_seconds"))
        self._writer = Writer(
            database,
            clock,
            Limits(settings.count("retain_days")),
            threads=settings.count("writers"),
            told=self.meters.told,
        )

    async def start(self) -> None:
        """Begin."""
        await self._decoders.start()
        self._writer.start()

    async def stop(self) -> None:
        """Commit and answer what waits, then end."""
        await asyncio.to_thread(self._writer.stop)
        await self._decoders.stop()

    @property
    def is_ready(self) -> bool:
        """Whether it takes batches now."""
        return self._writer.is_alive and self._waiting < self._most_waiting

    async def take(self, body: bytes, workspace: str, *, is_packed: bool, is_offline: bool = False) -> Receipt:
        """The receipt of a body, after its commit. Raises ``BatchError``, with HTTP's status."""
        if self._waiting >= self._most_waiting:
            raise self._refused(BatchError(_TOO_MANY, "queue-full", Reason("queue-full").sentence))
        self._waiting += 1
        self.meters.waiting.set(self._waiting)
        try:
            parcel = Parcel(body, workspace, is_packed, is_offline, self._unpacked_bytes, self._most_records)
            batch = await self._decoders.decode(parcel)
            receipt = Receipt(0, 0)
            if batch.record_count:
                receipt = await asyncio.wrap_future(self._writer.submit(batch))
        except BatchError as error:
            raise self._refused(error) from None
        except StoppingError:
            raise self._refused(BatchError(_UNAVAILABLE, "stopping", Reason("stopping").sentence)) from None
        finally:
            self._waiting -= 1
            self.meters.waiting.set(self._waiting)
        self._count(receipt)
        return receipt

    def _refused(self, error: BatchError) -> BatchError:
        self.meters.batches.labels(str(error.status)).inc()
        return error

    def _count(self, receipt: Receipt) -> None:
        self.meters.batches.labels(str(_OK)).inc()
        self.meters.records.labels("accepted").inc(receipt.accepted)
        self.meters.records.labels("known").inc(receipt.known)
        self.meters.records.labels("refused").inc(len(receipt.refused))
        for one in receipt.refused:
            self.meters.refused.labels(one.reason).inc()

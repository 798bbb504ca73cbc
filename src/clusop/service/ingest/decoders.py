"""Where bodies are decoded: in processes of their own, or in a thread where one of them is gone or none is wanted."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from asyncio import subprocess
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING

from clusop.reasons import Reason
from clusop.service.ingest.batch import BatchError
from clusop.service.ingest.decoder_process import LENGTH_BYTES, batch_from, framed
from clusop.service.ingest.unpack import unpack

if TYPE_CHECKING:
    from clusop.service.ingest.batch import Batch
    from clusop.service.ingest.unpack import Parcel

__all__ = ["Decoders"]

_MODULE = "clusop.service.ingest.decoder_process"
_MOST = 4
_LEAST_BYTES = 4096
_READ_AHEAD_BYTES = 1 << 20
_UNAVAILABLE = 503

_logger = logging.getLogger(__name__)


class Decoders:
    """``count`` processes; 0: one a core, at most four, and none where there is but one core. ``patience_s`` is how long a
    decoder may take, and how long a free one is waited for.
    """

    def __init__(self, count: int, patience_s: float) -> None:
        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        self._count = count or (min(cores, _MOST) if cores > 1 else 0)
        self._patience_s = patience_s
        self._all: list[subprocess.Process] = []
        self._free: deque[subprocess.Process] = deque()
        # Those who wait for a decoder, the first first. None: there is none any more.
        self._tickets: deque[asyncio.Future[subprocess.Process | None]] = deque()
        self._filling = asyncio.Lock()
        self._is_short = False

    async def start(self) -> None:
        """Begin."""
        await self._fill()

    async def stop(self) -> None:
        """End: without input a decoder ends by itself. One that does not is killed."""
        self._count = 0
        for process in self._all:
            if process.stdin is not None:
                process.stdin.close()
        for process in self._all:
            ending = asyncio.ensure_future(process.wait())
            if not (await asyncio.wait([ending], timeout=self._patience_s))[0]:
                _kill(process)
            await ending

    async def decode(self, parcel: Parcel) -> Batch:
        """The batch. Raises ``BatchError``: for what is in it, and with 503 where no decoder gave an answer in time."""
        if not self._count or len(parcel.body) < _LEAST_BYTES:
            return await asyncio.to_thread(unpack, parcel)
        if len(self._all) < self._count:
            await self._fill()
        process = await self._taken()
        if process is None:
            return await asyncio.to_thread(unpack, parcel)
        try:
            data = await asyncio.wait_for(_asked(process, framed(parcel)), self._patience_s)
        except asyncio.TimeoutError:
            # Not in a thread: what hangs a process would hang it too, and nobody can end a thread.
            _logger.warning(
                "a decoder did not answer in %g s and was killed; another takes its place", self._patience_s
            )
            await self._replace(process)
            raise _unavailable("decoder-hung") from None
        except (OSError, EOFError) as error:
            _logger.warning("a decoder is gone (%s); another takes its place", type(error).__name__)
            await self._replace(process)
            return await asyncio.to_thread(unpack, parcel)
        except BaseException:
            # Whoever asked went away; what the decoder still says is for nobody.
            await self._replace(process)
            raise
        self._give_back(process)
        return batch_from(data, parcel)

    async def _taken(self) -> subprocess.Process | None:
        """A decoder that is this caller's until it is given back; ``None`` where there is none. Raises ``BatchError``."""
        if self._free:
            return self._free.popleft()
        if not self._all:
            return None
        ticket: asyncio.Future[subprocess.Process | None] = asyncio.get_running_loop().create_future()
        self._tickets.append(ticket)
        try:
            await asyncio.wait([ticket], timeout=self._patience_s)
        except BaseException:
            # Whoever asked went away, perhaps just as a decoder became theirs.
            if ticket.done() and (process := ticket.result()) is not None:
                self._give_back(process)
            raise
        finally:
            if not ticket.done():
                self._tickets.remove(ticket)
        if not ticket.done():
            raise _unavailable("decoders-busy")
        return ticket.result()

    def _give_back(self, process: subprocess.Process) -> None:
        if self._tickets:
            self._tickets.popleft().set_result(process)
        else:
            self._free.append(process)

    async def _replace(self, process: subprocess.Process) -> None:
        self._all.remove(process)
        _kill(process)
        await self._fill()

    async def _fill(self) -> None:
        """Start what is missing. Where that cannot be, threads do the work, and every batch tries again."""
        async with self._filling:
            try:
                while len(self._all) < self._count:
                    process = await _started()
                    self._all.append(process)
                    self._give_back(process)
            except OSError as error:
                if not self._is_short:
                    _logger.warning(
                        "no decoder can be started (%s); threads decode until one can", type(error).__name__
                    )
                self._is_short = True
            else:
                self._is_short = False
            if not self._all:
                while self._tickets:
                    self._tickets.popleft().set_result(None)


def _unavailable(reason: str) -> BatchError:
    return BatchError(_UNAVAILABLE, reason, Reason(reason).sentence)


async def _started() -> subprocess.Process:
    return await subprocess.create_subprocess_exec(
        sys.executable, "-m", _MODULE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, limit=_READ_AHEAD_BYTES
    )


def _kill(process: subprocess.Process) -> None:
    with suppress(ProcessLookupError):
        process.kill()


async def _asked(process: subprocess.Process, frame: bytes) -> bytes:
    if process.stdin is None or process.stdout is None:
        raise EOFError
    # uvloop says RuntimeError of a pipe that it closed because the other end died.
    if process.returncode is not None or process.stdin.is_closing():
        raise EOFError
    process.stdin.write(frame)
    await process.stdin.drain()
    head = await process.stdout.readexactly(LENGTH_BYTES)
    return await process.stdout.readexactly(int.from_bytes(head, "big"))

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
from clusop.service.ingest.decoder_process import LENGTH_BYTES, READY, batch_from, framed
from clusop.service.ingest.unpack import unpack

if TYPE_CHECKING:
    from clusop.service.ingest.batch import Batch
    from clusop.service.ingest.unpack import Parcel

__all__ = ["Decoders"]

_MODULE = "clusop.service.ingest.decoder_process"
_MOST = 4
_LEAST_BYTES = 4096
_BEGIN_S = 30.0
_READ_AHEAD_BYTES = 1 << 20
_UNAVAILABLE = 503

_logger = logging.getLogger(__name__)


class Decoders:
    """``count`` processes; 0: one a core, at most four, and none where there is but one core. ``patience_s`` is how long a batch
    may take in all: half of it waits for a free one, half is for decoding. Whoever sent it waits no longer than a few seconds and
    would send it again beside itself. What is decoded in a thread is bounded by its size.
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
        # Those who look after decoders that have not begun yet.
        self._beginning: set[asyncio.Task[None]] = set()
        self._is_short = False

    async def start(self) -> None:
        """Begin: the first sender finds decoders that are there."""
        await self._fill()
        if self._beginning:
            await asyncio.wait(self._beginning)

    async def stop(self) -> None:
        """End: without input a decoder ends by itself. One that does not is killed."""
        self._count = 0
        for task in self._beginning:
            task.cancel()
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
            data = await asyncio.wait_for(_asked(process, framed(parcel)), self._patience_s / 2)
        except asyncio.TimeoutError:
            # Not in a thread: what hangs a process would hang it too, and nobody can end a thread.
            _logger.warning(
                "a decoder did not answer within %g s and was killed; another takes its place", self._patience_s / 2
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
            await asyncio.wait([ticket], timeout=self._patience_s / 2)
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
                    task = asyncio.ensure_future(self._welcome(process))
                    self._beginning.add(task)
                    task.add_done_callback(self._beginning.discard)
            except OSError as error:
                if not self._is_short:
                    _logger.warning(
                        "no decoder can be started (%s); threads decode until one can", type(error).__name__
                    )
                self._is_short = True
            else:
                self._is_short = False
            self._send_all_to_threads()

    async def _welcome(self, process: subprocess.Process) -> None:
        """Give the process to whoever waits once it has begun. One that does not begin is none; the next batch tries again."""
        try:
            word = await asyncio.wait_for(_first_word(process), _BEGIN_S)
        except (OSError, EOFError, asyncio.TimeoutError) as error:
            why = type(error).__name__
        else:
            if word == READY:
                self._give_back(process)
                return
            why = "no decoder's first word"
        _logger.warning("a decoder is gone before it began (%s); the next batch starts another", why)
        self._all.remove(process)
        _kill(process)
        self._send_all_to_threads()

    def _send_all_to_threads(self) -> None:
        if not self._all:
            while self._tickets:
                self._tickets.popleft().set_result(None)


def _unavailable(reason: str) -> BatchError:
    return BatchError(_UNAVAILABLE, reason, Reason(reason).sentence)


async def _started() -> subprocess.Process:
    return await subprocess.create_subprocess_exec(
        sys.executable, "-m", _MODULE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, limit=_READ_AHEAD_BYTES
    )


async def _first_word(process: subprocess.Process) -> bytes:
    if process.stdout is None:
        raise EOFError
    return await process.stdout.readexactly(LENGTH_BYTES)


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

"""Where bodies are decoded: in processes of their own, or in a thread where one of them is gone or none is wanted."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from asyncio import subprocess
from contextlib import suppress
from typing import TYPE_CHECKING

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

_logger = logging.getLogger(__name__)


class Decoders:
    """``count`` processes; 0: one a core, at most four, and none where there is but one core."""

    def __init__(self, count: int) -> None:
        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        self._count = count or (min(cores, _MOST) if cores > 1 else 0)
        self._free: asyncio.Queue[subprocess.Process] = asyncio.Queue()
        self._all: list[subprocess.Process] = []

    async def start(self) -> None:
        """Begin."""
        for _ in range(self._count):
            await self._add()

    async def stop(self) -> None:
        """End: without input a decoder ends by itself."""
        for process in self._all:
            if process.stdin is not None:
                process.stdin.close()
        for process in self._all:
            await process.wait()

    async def decode(self, parcel: Parcel) -> Batch:
        """The batch. Raises ``BatchError``."""
        if not self._all or len(parcel.body) < _LEAST_BYTES:
            return await asyncio.to_thread(unpack, parcel)
        process = await self._free.get()
        try:
            data = await _asked(process, framed(parcel))
        except (OSError, EOFError) as error:
            _logger.warning("a decoder is gone (%s); another takes its place", type(error).__name__)
            await self._replace(process)
            return await asyncio.to_thread(unpack, parcel)
        except BaseException:
            # Whoever asked went away; what the decoder still says is for nobody.
            await self._replace(process)
            raise
        self._free.put_nowait(process)
        return batch_from(data, parcel)

    async def _replace(self, process: subprocess.Process) -> None:
        self._all.remove(process)
        with suppress(ProcessLookupError):
            process.kill()
        await self._add()

    async def _add(self) -> None:
        process = await subprocess.create_subprocess_exec(
            sys.executable, "-m", _MODULE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, limit=_READ_AHEAD_BYTES
        )
        self._all.append(process)
        self._free.put_nowait(process)


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

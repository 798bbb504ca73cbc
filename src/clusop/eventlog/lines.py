"""Lines: the records of a log, one after another through all its parts, in bounded memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clusop.eventlog.codecs import decoded_chunks
from clusop.eventlog.stopped import BrokenStreamError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from clusop.eventlog.source import LogPart, LogSource

__all__ = ["MAX_LINE_BYTES", "LineStream"]

MAX_LINE_BYTES = 64 * 1024 * 1024
"""Longer records are skipped and counted."""

_PROGRESS_BYTES = 1 << 18


class LineStream:
    """Iterates over the records of ``source``, without their line breaks; may be iterated once.

    ``is_tail`` holds while the record at hand ends without a line break: it may be torn. ``skipped_line_count`` counts
    records longer than ``max_line_bytes``; ``stopped`` names, per damaged part, why decoding ended before the part did.
    ``progress`` is called with bytes read from disk and their total. Raises ``OSError`` where a part cannot be read, and
    :class:`clusop.eventlog.stopped.MissingPackageError`.
    """

    def __init__(
        self,
        source: LogSource,
        *,
        progress: Callable[[int, int | None], None] | None = None,
        max_line_bytes: int = MAX_LINE_BYTES,
    ) -> None:
        self._source = source
        self._progress = progress
        self._max_line_bytes = max_line_bytes
        self.is_tail = False
        self.skipped_line_count = 0
        self.stopped: list[str] = []

    def __iter__(self) -> Iterator[bytes]:
        done = 0
        for part in self._source.parts:
            yield from self._lines(self._chunks(part, done))
            done += part.size_bytes
        self._report(done)

    def _chunks(self, part: LogPart, done: int) -> Iterator[bytes]:
        told = 0
        with part.path.open("rb") as file:
            try:
                for chunk in decoded_chunks(file, part.codec):
                    if file.tell() - told >= _PROGRESS_BYTES:
                        told = file.tell()
                        self._report(done + told)
                    yield chunk
            except BrokenStreamError as stop:
                self.stopped.append(str(stop))

    def _report(self, done: int) -> None:
        if self._progress is not None:
            self._progress(done, self._source.size_bytes)

    def _lines(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        limit = self._max_line_bytes
        pieces: list[bytes] = []
        held = 0
        for chunk in chunks:
            first, *rest = chunk.split(b"\n")
            held += len(first)
            if held <= limit:
                pieces.append(first)
            else:
                pieces.clear()  # the length stays above the limit until the record ends
            if not rest:
                continue
            yield from self._record(pieces, held)
            for line in rest[:-1]:
                if len(line) > limit:
                    self.skipped_line_count += 1
                else:
                    yield line
            pieces, held = [rest[-1]], len(rest[-1])
        if held:
            self.is_tail = True
            yield from self._record(pieces, held)
            self.is_tail = False

    def _record(self, pieces: list[bytes], held: int) -> Iterator[bytes]:
        if held > self._max_line_bytes:
            self.skipped_line_count += 1
        else:
            yield pieces[0] if len(pieces) == 1 else b"".join(pieces)

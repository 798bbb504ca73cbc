"""A request's body to a batch of records, or why all of it is refused."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from clusop.service.ingest.decode import Unidentified, decode_line
from clusop.service.ingest.receipt import Refusal
from clusop.service.store.tables.agents import FILES, LIVE, LOG

if TYPE_CHECKING:
    from collections.abc import Sequence

    from clusop.service.ingest.seen import Seen

__all__ = ["ALL_WORKSPACES", "Batch", "BatchError", "batch_of", "inflated", "lines_of"]

ALL_WORKSPACES = "*"
"""The workspace of a token that speaks for all."""
_GZIP = 31
# Who packs a body in parts makes a few. An empty part is 20 bytes, and costs as much time to begin as one with something in it.
_MOST_PARTS = 100


class BatchError(Exception):
    """The batch cannot be taken. ``status`` is HTTP's: 400 what is in it, 413 how much it is, 429 and 503 not now."""

    def __init__(self, status: int, reason: str, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.reason = reason
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Batch:
    """Records of one request. ``workspace`` is what its sender may speak for; ``places`` says of each of ``seen`` which line of
    the request it is, from 0. ``is_collected``: an agent left them in a file, however long ago.
    """

    seen: Sequence[Seen]
    refused: Sequence[Refusal] = field(default=())
    workspace: str = ALL_WORKSPACES
    is_offline: bool = False
    places: Sequence[int] = ()
    is_collected: bool = False

    @property
    def source(self) -> str:
        """How the records came."""
        return LOG if self.is_offline else FILES if self.is_collected else LIVE

    @property
    def record_count(self) -> int:
        """All records that were sent."""
        return len(self.seen) + len(self.refused)


def inflated(body: bytes, most_bytes: int) -> bytes:
    """A gzip body unpacked, at most ``most_bytes``: a small bomb must not become a large one. Raises ``BatchError``."""
    parts: list[bytes] = []
    left, rest = most_bytes, body
    try:
        while rest:
            if len(parts) == _MOST_PARTS:
                raise BatchError(400, "bad-gzip", f"The gzip body has more than {_MOST_PARTS} parts.")
            unpacker = zlib.decompressobj(_GZIP)
            part = unpacker.decompress(rest, left + 1)
            if len(part) > left:
                raise BatchError(413, "body-too-large", f"More than {most_bytes} bytes when unpacked.")
            if not unpacker.eof:
                raise BatchError(400, "bad-gzip", "The gzip body ends too soon.")
            parts.append(part)
            left -= len(part)
            rest = unpacker.unused_data
    except zlib.error as error:
        raise BatchError(400, "bad-gzip", "The body is no gzip.") from error
    return b"".join(parts)


def lines_of(body: bytes, most_records: int | None = None) -> list[bytes]:
    """The lines of a body. Raises ``BatchError`` for more than ``most_records``."""
    lines = [line for line in body.split(b"\n") if line]
    if most_records is not None and len(lines) > most_records:
        raise BatchError(
            413, "batch-too-large", f"{len(lines)} records in a batch; {most_records} are taken. Send it in parts."
        )
    return lines


def batch_of(lines: Sequence[bytes], workspace: str = ALL_WORKSPACES, *, is_offline: bool = False) -> Batch:
    """The batch in ``lines``. Raises ``BatchError`` that names the first line that is no record at all."""
    seen: list[Seen] = []
    refused: list[Refusal] = []
    places: list[int] = []
    for place, line in enumerate(lines):
        found = decode_line(line)
        if isinstance(found, Refusal):
            refused.append(found)
        elif isinstance(found, Unidentified):
            raise BatchError(400, "not-a-record", f"Line {place + 1}: {found.sentence}.")
        else:
            seen.append(found)
            places.append(place)
    return Batch(seen, refused, workspace, is_offline, places)

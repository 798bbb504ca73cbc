"""Sniff: whether something is a Spark event log, told from its first bytes."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

from clusop.eventlog.codecs import MAGIC_BYTES, Codec, codec_of, decoded_chunks, ending_codec
from clusop.eventlog.stopped import BrokenStreamError, MissingPackageError
from clusop.reasons import Reason

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["EMPTY", "SNIFF_BYTES", "UNDECODED", "looks_like_event_log", "sniff_file"]

SNIFF_BYTES = 1 << 16
"""How much of a file's beginning is looked at."""

EMPTY = ": it is empty"
UNDECODED = ": it is packed and nothing in it can be decoded"
"""Details of the rejection of a file with nothing in it. As a part of a log, one may be newly begun."""

_EVENT = re.compile(rb'^\s*\{\s*"Event"\s*:\s*"[\w.$]+"', re.MULTILINE)
_EVENT_ANYWHERE = re.compile(rb'^\s*\{[^\n]*"Event"\s*:\s*"(?:SparkListener|DBC|org\.apache\.spark\.)', re.MULTILINE)
_ARCHIVES = ((b"PK\x03\x04", "a zip archive"), (b"PAR1", "a Parquet file"), (b"Obj\x01", "an Avro file"))
_TAR_MAGIC = b"ustar"
_TAR_MAGIC_AT = 257


def looks_like_event_log(first_bytes: bytes) -> bool:
    """Whether ``first_bytes``, the beginning of a file (:data:`SNIFF_BYTES` of it are enough), begin an event log.

    Compressed beginnings are decoded. Where that takes more bytes, or a package that is not installed, this says yes: only
    event logs are packed like that, and the reader then says what is wrong.
    """
    if _archive(first_bytes):
        return False
    codec = codec_of(first_bytes)
    try:
        text = _beginning(first_bytes, codec)
    except MissingPackageError:
        return True
    return _is_event_text(text) or (codec is not Codec.PLAIN and not text)


def sniff_file(path: Path) -> Codec | Reason:
    """The codec of the event log in ``path``, or why it is none."""
    try:
        with path.open("rb") as file:
            first_bytes = file.read(SNIFF_BYTES)
    except OSError as error:
        return Reason("unreadable-file", f": {error.strerror or error}")
    if not first_bytes:
        return Reason("no-event-log", EMPTY)
    archive = _archive(first_bytes)
    if archive:
        return Reason("no-event-log", f": it is {archive}; unpack it or give the log itself")
    codec = codec_of(first_bytes[:MAGIC_BYTES])
    try:
        text = _beginning(first_bytes, codec)
    except MissingPackageError as missing:
        return missing.reason
    if _is_event_text(text):
        return codec
    return _rejection(text, codec, path.name)


def _beginning(first_bytes: bytes, codec: Codec) -> bytes:
    pieces: list[bytes] = []
    size = 0
    try:
        for piece in decoded_chunks(io.BytesIO(first_bytes), codec):
            pieces.append(piece[:SNIFF_BYTES])
            size += len(piece)
            if size >= SNIFF_BYTES:
                break
    except BrokenStreamError:
        pass  # the beginning of a stream always ends in the middle
    return b"".join(pieces)[:SNIFF_BYTES]


def _is_event_text(text: bytes) -> bool:
    text = text.removeprefix(b"\xef\xbb\xbf")
    return _EVENT.search(text) is not None or _EVENT_ANYWHERE.search(text) is not None


def _archive(first_bytes: bytes) -> str:
    """What kind of archive this is. A stored log would show through it, so this is asked first."""
    if first_bytes[_TAR_MAGIC_AT : _TAR_MAGIC_AT + len(_TAR_MAGIC)] == _TAR_MAGIC:
        return "a tar archive"
    return next((what for magic, what in _ARCHIVES if first_bytes.startswith(magic)), "")


def _rejection(text: bytes, codec: Codec, name: str) -> Reason:
    if codec is not Codec.PLAIN:
        return Reason(
            "no-event-log", f": it is packed with {codec.value} and holds no Spark events" if text else UNDECODED
        )
    claimed = ending_codec(name)
    if claimed is not None:
        return Reason("no-event-log", f": its name says {claimed.value} and its content is something else")
    if b"\x00" in text:
        return Reason("binary-file", "; a Spark event log was expected")
    return Reason("no-event-log", ": no line of its beginning is a Spark event")

"""A process that decodes bodies for the service: parcels come in at standard input, batches go out at standard output.

Decoding is most of the work of a batch and would hold the one interpreter that answers everybody. It ends when its input does,
so it outlives nobody. A frame is a length of four bytes, then msgpack.
"""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress
from typing import BinaryIO

import msgspec

from clusop.service.ingest.batch import Batch, BatchError, lines_of
from clusop.service.ingest.receipt import Refusal
from clusop.service.ingest.seen import SeenSignal, Unpacked
from clusop.service.ingest.unpack import Parcel, unpack

__all__ = ["LENGTH_BYTES", "READY", "batch_from", "framed", "serve_decoding"]

LENGTH_BYTES = 4
READY = bytes(LENGTH_BYTES)
"""What a decoder says first: an empty frame."""
_PIPE_BYTES = 1 << 20

_parcel = msgspec.msgpack.Decoder(Parcel).decode
_unpacked = msgspec.msgpack.Decoder(Unpacked).decode
_encode = msgspec.msgpack.Encoder().encode


def framed(message: msgspec.Struct) -> bytes:
    """A message with its length in front."""
    data = _encode(message)
    return len(data).to_bytes(LENGTH_BYTES, "big") + data


def batch_from(data: bytes, parcel: Parcel) -> Batch:
    """The batch in an answer. Raises ``BatchError``."""
    found = _unpacked(data)
    if found.status:
        raise BatchError(found.status, found.reason, found.sentence)
    if found.places:
        lines = lines_of(parcel.body, parcel.most_records)
        for record, place in zip(found.seen, found.places, strict=True):
            if isinstance(record, SeenSignal):
                msgspec.structs.force_setattr(record, "line", lines[place])
    return Batch(found.seen, [Refusal(*one) for one in found.refused], parcel.workspace, parcel.is_offline)


def serve_decoding(source: BinaryIO, target: BinaryIO) -> None:
    """Answer parcels until there are no more whole ones."""
    while len(head := source.read(LENGTH_BYTES)) == LENGTH_BYTES:
        told = source.read(size := int.from_bytes(head, "big"))
        if len(told) < size:
            # The service was killed while it wrote: its senders have no receipt and come again.
            return
        parcel = _parcel(told)
        try:
            batch = unpack(parcel)
        except BatchError as error:
            answer = Unpacked([], [], [], error.status, error.reason, error.sentence)
        else:
            refused = [(one.agent, one.sequence, one.reason, one.sentence) for one in batch.refused]
            answer = Unpacked(list(batch.seen), refused, [] if parcel.is_packed else list(batch.places))
            for record in answer.seen if answer.places else ():
                if isinstance(record, SeenSignal):
                    msgspec.structs.force_setattr(record, "line", b"")
        target.write(framed(answer))
        target.flush()


def _widen(*descriptors: int) -> None:
    """Room for a whole batch in the pipes: with less, both sides wake each other for every part of it."""
    # Linux alone can; elsewhere it is a little slower.
    with suppress(ImportError, AttributeError, OSError):
        import fcntl

        for descriptor in descriptors:
            fcntl.fcntl(descriptor, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)


if __name__ == "__main__":
    _widen(0, 1)
    # A supervisor tells all processes to stop; the service first answers what it has, and then ends our input.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Nothing yet, and ready: to begin takes longer than a batch, and no sender is to wait for it.
    try:
        sys.stdout.buffer.write(READY)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        # The service ended meanwhile. Nothing is to be said of it, not at the interpreter's end either.
        os._exit(0)
    serve_decoding(sys.stdin.buffer, sys.stdout.buffer)

"""The block framings of the JVM's compressing streams: snappy-java, lz4-java, compress-lzf, and snappy's framing format.

Each is a header and then blocks of raw compressed bytes; the raw decoder is handed in. Concatenated streams, which Spark
writes after a flush, are read as one. A block that claims more than :data:`MAX_BLOCK_BYTES` is taken for damage.
"""

from __future__ import annotations

import struct
from functools import partial
from typing import TYPE_CHECKING, BinaryIO

from clusop.eventlog.stopped import BrokenStreamError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["MAX_BLOCK_BYTES", "lz4_blocks", "lzf_chunks", "snappy_blocks", "snappy_frames"]

MAX_BLOCK_BYTES = 1 << 26

_LZ4_HEADER = struct.Struct("<8sBiiI")
_LZ4_MAGIC = b"LZ4Block"
_LZ4_RAW, _LZ4_COMPRESSED = 0x10, 0x20

_SNAPPY_MAGIC = b"\x82SNAPPY\x00"
_SNAPPY_VERSIONS_BYTES = 8
_SNAPPY_SIZE = struct.Struct(">i")

_VARINT_GOES_ON = 0x80

_FRAME_COMPRESSED, _FRAME_PLAIN, _FRAME_FIRST_SKIPPABLE = 0x00, 0x01, 0x80
_FRAME_CHECKSUM_BYTES = 4

_LZF_LITERAL_LIMIT = 32
_LZF_LONG = 7


def lz4_blocks(file: BinaryIO, decompress: Callable[[bytes, int], bytes], fault: type[Exception]) -> Iterator[bytes]:
    """``LZ4BlockOutputStream``: magic, token, compressed and plain length, checksum, block; a block of length 0 ends a stream."""
    while head := file.read(_LZ4_HEADER.size):
        if len(head) < _LZ4_HEADER.size:
            raise _cut("lz4 block")
        magic, token, packed_size, plain_size, _checksum = _LZ4_HEADER.unpack(head)
        if magic != _LZ4_MAGIC:
            raise _damaged("lz4 block")
        if plain_size == 0:
            continue
        data = _read(file, packed_size, "lz4 block")
        if token & 0xF0 == _LZ4_RAW:
            yield data
        elif token & 0xF0 == _LZ4_COMPRESSED and 0 < plain_size <= MAX_BLOCK_BYTES:
            yield _unpack(partial(decompress, data, plain_size), fault, "lz4 block")
        else:
            raise _damaged("lz4 block")


def snappy_blocks(file: BinaryIO, decompress: Callable[[bytes], bytes], fault: type[Exception]) -> Iterator[bytes]:
    """``SnappyOutputStream``: magic and two version numbers, then length-prefixed raw blocks; the header may come again."""
    while head := file.read(_SNAPPY_SIZE.size):
        if len(head) < _SNAPPY_SIZE.size:
            raise _cut("snappy block")
        if _SNAPPY_MAGIC.startswith(head):
            rest = len(_SNAPPY_MAGIC) - _SNAPPY_SIZE.size
            if _read(file, rest + _SNAPPY_VERSIONS_BYTES, "snappy header")[:rest] != _SNAPPY_MAGIC[-rest:]:
                raise _damaged("snappy header")
            continue
        (size,) = _SNAPPY_SIZE.unpack(head)
        data = _read(file, size, "snappy block")
        yield _snappy_block(data, decompress, fault)


def snappy_frames(file: BinaryIO, decompress: Callable[[bytes], bytes], fault: type[Exception]) -> Iterator[bytes]:
    """Snappy's framing format (framing_format.txt of google/snappy): a type, three bytes of length, then the chunk."""
    while head := file.read(4):
        if len(head) < len(b"type"):
            raise _cut("snappy frame")
        kind, size = head[0], int.from_bytes(head[1:], "little")
        data = _read(file, size, "snappy frame")
        if kind == _FRAME_COMPRESSED:
            yield _snappy_block(data[_FRAME_CHECKSUM_BYTES:], decompress, fault)
        elif kind == _FRAME_PLAIN:
            yield data[_FRAME_CHECKSUM_BYTES:]
        elif kind < _FRAME_FIRST_SKIPPABLE:
            raise _damaged("snappy frame")


def lzf_chunks(file: BinaryIO) -> Iterator[bytes]:
    """``LZFOutputStream``: ``ZV``, a type, two bytes of length, for packed chunks two more of plain length, then the chunk."""
    while head := file.read(5):
        if len(head) < len(b"ZVtll"):
            raise _cut("lzf chunk")
        if head[:2] != b"ZV" or head[2] > 1:
            raise _damaged("lzf chunk")
        size = int.from_bytes(head[3:], "big")
        if head[2] == 0:
            yield _read(file, size, "lzf chunk")
            continue
        _read(file, 2, "lzf chunk")
        data = _read(file, size, "lzf chunk")
        yield _unpack(partial(_lzf, data), IndexError, "lzf chunk")


def _lzf(data: bytes) -> bytes:
    """One packed lzf chunk (Marc Lehmann's liblzf, lzf_d.c)."""
    out = bytearray()
    at, end = 0, len(data)
    while at < end:
        control = data[at]
        at += 1
        if control < _LZF_LITERAL_LIMIT:
            out += data[at : at + control + 1]
            at += control + 1
            continue
        length = control >> 5
        if length == _LZF_LONG:
            length += data[at]
            at += 1
        back = len(out) - ((control & 0x1F) << 8) - data[at] - 1
        at += 1
        if back < 0:
            raise IndexError
        length += 2
        while length > 0:  # the copy may reach into what it writes: a run
            piece = out[back : back + length]
            out += piece
            back += len(piece)
            length -= len(piece)
    return bytes(out)


def _snappy_block(data: bytes, decompress: Callable[[bytes], bytes], fault: type[Exception]) -> bytes:
    plain_size, shift = 0, 0
    for byte in data[:5]:
        plain_size |= (byte & 0x7F) << shift
        shift += 7
        if not byte & _VARINT_GOES_ON:
            break
    if plain_size > MAX_BLOCK_BYTES:
        raise _damaged("snappy block")
    return _unpack(partial(decompress, data), fault, "snappy block")


def _unpack(unpack: Callable[[], bytes], fault: type[Exception], what: str) -> bytes:
    try:
        return unpack()
    except fault:
        raise _damaged(what) from None


def _read(file: BinaryIO, size: int, what: str) -> bytes:
    if not 0 <= size <= MAX_BLOCK_BYTES:
        raise _damaged(what)
    data = file.read(size)
    if len(data) < size:
        raise _cut(what)
    return data


def _cut(what: str) -> BrokenStreamError:
    return BrokenStreamError(f"a {what} is cut")


def _damaged(what: str) -> BrokenStreamError:
    return BrokenStreamError(f"a {what} is damaged")

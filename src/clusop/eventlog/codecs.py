"""Codecs: which compression a file really has, and its content as a stream of bytes in bounded memory.

The magic bytes decide, the ending only where they say nothing: logs are renamed and re-packed by people. Spark's own
framings (lz4 blocks, snappy, lzf) are in :mod:`clusop.eventlog.framings`. Checksums inside a framing are not verified: a
damaged block shows as a malformed record.
"""

from __future__ import annotations

import zlib
from enum import Enum
from importlib import import_module
from typing import TYPE_CHECKING, Any, BinaryIO

from clusop.eventlog.framings import lz4_blocks, lzf_chunks, snappy_blocks, snappy_frames
from clusop.eventlog.stopped import BrokenStreamError, MissingPackageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["MAGIC_BYTES", "Codec", "codec_of", "decoded_chunks", "ending_codec"]

MAGIC_BYTES = 16
"""How much of a file's beginning :func:`codec_of` needs."""

_OUTPUT_BYTES = 1 << 20
_INPUT_BYTES = 1 << 16
_ZSTD_INPUT_BYTES = 1 << 12
"""The zstd decoder has no limit for its output, so its input is kept small: one block of it is 128 KiB at most."""


class Codec(str, Enum):
    """How the bytes of a log are packed."""

    PLAIN = "plain"
    ZSTD = "zstd"
    GZIP = "gzip"
    LZ4_BLOCK = "lz4-block"
    """lz4 as Spark writes it: LZ4BlockOutputStream, not the lz4 frame format."""
    LZ4_FRAME = "lz4-frame"
    SNAPPY = "snappy"
    """snappy as Spark writes it: SnappyOutputStream of snappy-java."""
    SNAPPY_FRAMED = "snappy-framed"
    LZF = "lzf"
    BZIP2 = "bzip2"
    XZ = "xz"


_MAGIC = (
    (b"\x28\xb5\x2f\xfd", Codec.ZSTD),
    (b"\x1f\x8b", Codec.GZIP),
    (b"LZ4Block", Codec.LZ4_BLOCK),
    (b"\x04\x22\x4d\x18", Codec.LZ4_FRAME),
    (b"\x82SNAPPY\x00", Codec.SNAPPY),
    (b"\xff\x06\x00\x00sNaPpY", Codec.SNAPPY_FRAMED),
    (b"ZV\x00", Codec.LZF),
    (b"ZV\x01", Codec.LZF),
    (b"BZh", Codec.BZIP2),
    (b"\xfd7zXZ\x00", Codec.XZ),
)
_ENDINGS = {
    ".zstd": Codec.ZSTD,
    ".zst": Codec.ZSTD,
    ".gz": Codec.GZIP,
    ".gzip": Codec.GZIP,
    ".lz4": Codec.LZ4_BLOCK,
    ".snappy": Codec.SNAPPY,
    ".sz": Codec.SNAPPY_FRAMED,
    ".lzf": Codec.LZF,
    ".bz2": Codec.BZIP2,
    ".xz": Codec.XZ,
}
_MARKS = (".inprogress", ".compact")


def ending_codec(name: str) -> Codec | None:
    """The codec a file's name claims; Spark puts ``.inprogress`` and ``.compact`` behind the codec's ending."""
    for mark in _MARKS:
        name = name.removesuffix(mark)
    return next((codec for ending, codec in _ENDINGS.items() if name.endswith(ending)), None)


def codec_of(first_bytes: bytes) -> Codec:
    """The codec the beginning of a file shows; :attr:`Codec.PLAIN` where no magic is known."""
    return next((codec for magic, codec in _MAGIC if first_bytes.startswith(magic)), Codec.PLAIN)


def decoded_chunks(file: BinaryIO, codec: Codec) -> Iterator[bytes]:
    """The decoded content of ``file`` from its present place on, in pieces of bounded size.

    Raises :class:`MissingPackageError` before the first piece where the codec's package is not installed, and
    :class:`BrokenStreamError` after the last good piece where the stream is cut or damaged.
    """
    return _DECODERS[codec](file)


def _plain(file: BinaryIO) -> Iterator[bytes]:
    while piece := file.read(_OUTPUT_BYTES):
        yield piece


def _gzip(file: BinaryIO) -> Iterator[bytes]:
    member: Any = None  # zlib's decompressor has no public type
    while data := file.read(_INPUT_BYTES):
        while data:
            if member is None:
                data = data.lstrip(b"\x00")  # padding behind a member
                if not data:
                    break
                member = zlib.decompressobj(wbits=31)
            try:
                piece = member.decompress(data, _OUTPUT_BYTES)
            except zlib.error as error:
                raise BrokenStreamError(str(error)) from error
            if piece:
                yield piece
            if member.eof:
                data, member = member.unused_data, None
            else:
                data = member.unconsumed_tail
    if member is not None:
        yield member.flush()
        message = "the gzip stream is cut"
        raise BrokenStreamError(message)


def _zstd(file: BinaryIO) -> Iterator[bytes]:
    zstandard = _package("zstandard")
    context = zstandard.ZstdDecompressor()
    frame: Any = None
    while data := file.read(_ZSTD_INPUT_BYTES):
        while data:
            if frame is None:
                frame = context.decompressobj()
            try:
                piece = frame.decompress(data)
            except zstandard.ZstdError as error:
                raise BrokenStreamError(str(error)) from error
            if piece:
                yield piece
            data = b""
            if frame.eof:  # Spark closes a frame at every flush of a log in progress
                data, frame = frame.unused_data, None
    if frame is not None:
        message = "the zstd frame is cut"
        raise BrokenStreamError(message)


def _members(file: BinaryIO, begin: Callable[[], Any], faults: tuple[type[Exception], ...]) -> Iterator[bytes]:
    """Decoders with the interface of bz2, lzma and lz4.frame, one after another."""
    member: Any = None
    while data := file.read(_INPUT_BYTES):
        while data:
            if member is None:
                member = begin()
            try:
                piece = member.decompress(data, _OUTPUT_BYTES)
                while piece:
                    yield piece
                    piece = b"" if member.eof or member.needs_input else member.decompress(b"", _OUTPUT_BYTES)
            except faults as error:
                raise BrokenStreamError(str(error)) from error
            data = b""
            if member.eof:
                data, member = member.unused_data or b"", None
    if member is not None:
        message = "the compressed stream is cut"
        raise BrokenStreamError(message)


def _lz4_frame(file: BinaryIO) -> Iterator[bytes]:
    frame = _package("lz4.frame", "lz4")
    return _members(file, frame.LZ4FrameDecompressor, (RuntimeError, ValueError))


def _bzip2(file: BinaryIO) -> Iterator[bytes]:
    return _members(file, _package("bz2").BZ2Decompressor, (OSError, ValueError))


def _xz(file: BinaryIO) -> Iterator[bytes]:
    lzma = _package("lzma")
    return _members(file, lzma.LZMADecompressor, (lzma.LZMAError,))


def _lz4_block(file: BinaryIO) -> Iterator[bytes]:
    block = _package("lz4.block", "lz4")
    return lz4_blocks(file, lambda data, size: block.decompress(data, uncompressed_size=size), block.LZ4BlockError)


def _snappy(file: BinaryIO) -> Iterator[bytes]:
    cramjam = _package("cramjam")
    return snappy_blocks(file, lambda data: bytes(cramjam.snappy.decompress_raw(data)), cramjam.DecompressionError)


def _snappy_framed(file: BinaryIO) -> Iterator[bytes]:
    cramjam = _package("cramjam")
    return snappy_frames(file, lambda data: bytes(cramjam.snappy.decompress_raw(data)), cramjam.DecompressionError)


def _package(module: str, package: str = "") -> Any:  # a module's type says nothing
    try:
        return import_module(module)
    except ImportError:
        raise MissingPackageError(package or module) from None


_DECODERS: dict[Codec, Callable[[BinaryIO], Iterator[bytes]]] = {
    Codec.PLAIN: _plain,
    Codec.ZSTD: _zstd,
    Codec.GZIP: _gzip,
    Codec.LZ4_BLOCK: _lz4_block,
    Codec.LZ4_FRAME: _lz4_frame,
    Codec.SNAPPY: _snappy,
    Codec.SNAPPY_FRAMED: _snappy_framed,
    Codec.LZF: lzf_chunks,
    Codec.BZIP2: _bzip2,
    Codec.XZ: _xz,
}

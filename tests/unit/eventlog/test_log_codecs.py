"""SPEC P7: every codec Spark writes is read; what is cut or damaged gives its good part and a reason."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import struct
import sys
from pathlib import Path

import cramjam
import lz4.block
import lz4.frame
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st
from spark_events import log_of, nightly

from clusop.eventlog import NotLocated, locate, read_application
from clusop.eventlog.codecs import Codec, codec_of, decoded_chunks
from clusop.eventlog.framings import MAX_BLOCK_BYTES
from clusop.eventlog.stopped import BrokenStreamError

WRITTEN_BY_SPARK = Path(__file__).parents[2] / "data" / "eventlogs" / "codecs"
PIECE = 700
LOG = log_of(*nightly())


def pieces(data):
    return [data[at : at + PIECE] for at in range(0, len(data), PIECE)]


def as_zstd(data):
    return b"".join(zstandard.ZstdCompressor().compress(piece) for piece in pieces(data))


def as_gzip(data):
    return b"".join(gzip.compress(piece) for piece in pieces(data))


def as_lz4_blocks(data):
    """LZ4BlockOutputStream: packed blocks, one stored block, an end mark; then a second stream."""

    def block(piece, *, stored):
        packed = piece if stored else lz4.block.compress(piece, store_size=False)
        return struct.pack("<8sBiiI", b"LZ4Block", 0x16 if stored else 0x26, len(packed), len(piece), 0) + packed

    end = struct.pack("<8sBiiI", b"LZ4Block", 0x16, 0, 0, 0)
    blocks = [block(piece, stored=index == 1) for index, piece in enumerate(pieces(data))]
    return b"".join(blocks[:3]) + end + b"".join(blocks[3:]) + end


def as_snappy_blocks(data):
    """SnappyOutputStream, closed and opened again in the middle."""
    head = b"\x82SNAPPY\x00" + struct.pack(">ii", 1, 1)
    packed = [bytes(cramjam.snappy.compress_raw(piece)) for piece in pieces(data)]
    blocks = [struct.pack(">i", len(piece)) + piece for piece in packed]
    return head + b"".join(blocks[:2]) + head + b"".join(blocks[2:])


def as_snappy_frames(data):
    return b"".join(bytes(cramjam.snappy.compress(piece)) for piece in pieces(data))


def as_lzf(data):
    """LZFOutputStream, stored chunks only; packed ones are in the files Spark wrote."""
    return b"".join(b"ZV\x00" + len(piece).to_bytes(2, "big") + piece for piece in pieces(data))


def as_bzip2(data):
    return b"".join(bz2.compress(piece) for piece in pieces(data))


def as_xz(data):
    return b"".join(lzma.compress(piece) for piece in pieces(data))


def as_lz4_frame(data):
    return b"".join(lz4.frame.compress(piece) for piece in pieces(data))


PACKED = {
    Codec.PLAIN: bytes,
    Codec.ZSTD: as_zstd,
    Codec.GZIP: as_gzip,
    Codec.LZ4_BLOCK: as_lz4_blocks,
    Codec.LZ4_FRAME: as_lz4_frame,
    Codec.SNAPPY: as_snappy_blocks,
    Codec.SNAPPY_FRAMED: as_snappy_frames,
    Codec.LZF: as_lzf,
    Codec.BZIP2: as_bzip2,
    Codec.XZ: as_xz,
}


PACKED_LOG = {codec: pack(LOG) for codec, pack in PACKED.items()}


def decoded(data, codec):
    """What can be decoded, and why it stopped."""
    good = io.BytesIO()
    try:
        good.writelines(decoded_chunks(io.BytesIO(data), codec))
    except BrokenStreamError as stop:
        return good.getvalue(), str(stop)
    return good.getvalue(), ""


def test_every_codec_has_an_encoder_here():
    assert set(PACKED) == set(Codec)


@pytest.mark.parametrize("codec", PACKED, ids=lambda codec: codec.value)
def test_a_packed_log_is_known_by_its_magic_and_read_in_full(codec):
    packed = PACKED_LOG[codec]
    assert codec_of(packed[:16]) is codec
    assert decoded(packed, codec) == (LOG, "")


@pytest.mark.parametrize(
    "codec", [codec for codec in PACKED if codec is not Codec.PLAIN], ids=lambda codec: codec.value
)
def test_a_cut_stream_gives_its_good_part_and_a_reason(codec):
    packed = PACKED_LOG[codec]
    lengths = []
    for cut in range(1, 50):
        good, stopped = decoded(packed[: len(packed) * cut // 50], codec)
        assert LOG.startswith(good)
        assert stopped or len(good) % PIECE == 0, "a stream cut within a block must say so"
        lengths.append(len(good))
    assert lengths == sorted(lengths)
    assert lengths[-1] > 0


@pytest.mark.parametrize(
    "codec", [codec for codec in PACKED if codec is not Codec.PLAIN], ids=lambda codec: codec.value
)
@settings(deadline=None)
@given(data=st.binary(max_size=200), keep=st.integers(min_value=0, max_value=400))
def test_damage_stops_decoding_and_raises_nothing_else(codec, data, keep):
    decoded(PACKED_LOG[codec][:keep] + data, codec)


@pytest.mark.parametrize("name", ["nightly.zstd", "nightly.lz4", "nightly.snappy", "nightly.lzf"])
def test_files_spark_wrote_hold_what_was_written(name):
    packed = (WRITTEN_BY_SPARK / name).read_bytes()
    assert decoded(packed, codec_of(packed)) == ((WRITTEN_BY_SPARK / "nightly").read_bytes(), "")


def test_the_plain_fixture_is_what_the_builder_makes():
    assert (WRITTEN_BY_SPARK / "nightly").read_bytes() == LOG


@pytest.mark.parametrize(
    ("codec", "head"),
    [
        (Codec.LZ4_BLOCK, struct.pack("<8sBiiI", b"LZ4Block", 0x26, 4, MAX_BLOCK_BYTES + 1, 0) + b"abcd"),
        (Codec.SNAPPY, b"\x82SNAPPY\x00" + struct.pack(">iii", 1, 1, 5) + b"\xff\xff\xff\xff\x07"),
    ],
    ids=["lz4-block", "snappy"],
)
def test_a_block_that_claims_to_be_huge_is_damage(codec, head):
    assert decoded(head, codec)[1].endswith("is damaged")


def test_gzip_output_is_bounded_whatever_the_ratio():
    bomb = gzip.compress(b"\x00" * 40_000_000)
    assert max(len(chunk) for chunk in decoded_chunks(io.BytesIO(bomb), Codec.GZIP)) <= 1 << 20


@pytest.mark.parametrize(("package", "name"), [("zstandard", "nightly.zstd"), ("cramjam", "nightly.snappy")])
def test_a_missing_package_is_a_reason_with_the_line_that_helps(monkeypatch, package, name):
    monkeypatch.setitem(sys.modules, package, None)
    found = locate(WRITTEN_BY_SPARK / name)
    assert isinstance(found, NotLocated)
    assert found.reason.id == "missing-extra"
    assert "pip install 'clusop[log]'" in found.reason.sentence


def test_a_package_that_goes_missing_while_reading_is_a_problem_of_the_application(monkeypatch):
    (source,) = locate(WRITTEN_BY_SPARK / "nightly.lz4")
    monkeypatch.setitem(sys.modules, "lz4.block", None)
    assert read_application(source).problems[0].id == "missing-extra"

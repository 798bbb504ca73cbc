"""Records out of chunks: none lost, none changed, long ones skipped, the last one marked."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from clusop.eventlog.codecs import Codec
from clusop.eventlog.lines import LineStream
from clusop.eventlog.source import LogPart, LogSource


def stream_of(tmp_path, *contents, **options):
    parts = []
    for number, content in enumerate(contents):
        path = tmp_path / f"part{number}"
        path.write_bytes(content)
        parts.append(LogPart(path, Codec.PLAIN, len(content)))
    return LineStream(LogSource(tmp_path, "file", tuple(parts)), **options)


@settings(deadline=None)
@given(st.lists(st.binary(max_size=12), max_size=12), st.integers(min_value=1, max_value=9))
def test_chunks_of_any_size_give_the_same_records(tmp_path_factory, records, size):
    content = b"\n".join(records)
    chunks = [content[at : at + size] for at in range(0, len(content), size)]
    path = tmp_path_factory.mktemp("chunks") / "log.lzf"  # the codec whose stored chunks are handed on as they are
    path.write_bytes(b"".join(b"ZV\x00" + len(chunk).to_bytes(2, "big") + chunk for chunk in chunks))
    expected = content.split(b"\n")
    if not expected[-1]:
        expected.pop()
    assert list(LineStream(LogSource(path, "file", (LogPart(path, Codec.LZF, 0),)))) == expected


def test_only_the_record_without_a_line_break_is_the_tail(tmp_path):
    stream = stream_of(tmp_path, b"one\ntwo\nthr")
    assert [(line, stream.is_tail) for line in stream] == [(b"one", False), (b"two", False), (b"thr", True)]


def test_parts_follow_each_other_and_do_not_run_together(tmp_path):
    assert list(stream_of(tmp_path, b"one\ntw", b"three\n")) == [b"one", b"tw", b"three"]


def test_a_record_above_the_limit_is_skipped_and_counted(tmp_path):
    stream = stream_of(tmp_path, b"one\n" + b"x" * 3_000_000 + b"\ntwo\n" + b"y" * 2_000_000, max_line_bytes=1_500_000)
    assert list(stream) == [b"one", b"two"]
    assert stream.skipped_line_count == 2


def test_progress_ends_at_the_size_on_disk(tmp_path):
    told = []
    content = b"x" * 999 + b"\n"
    list(stream_of(tmp_path, content * 3000, content, progress=lambda done, total: told.append((done, total))))
    assert told[-1] == (3_001_000, 3_001_000)
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert len(told) > 2

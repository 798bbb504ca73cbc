"""From a path to its logs: every layout Spark and Databricks have, and a reason for everything that is none."""

from __future__ import annotations

import gzip
import os
import zipfile

import pytest
import zstandard
from spark_events import log_of, nightly

from clusop.eventlog import NotLocated, locate, looks_like_event_log, read_application
from clusop.eventlog.codecs import Codec
from clusop.eventlog.locate import MAX_DEPTH

LOG = log_of(*nightly())
RECORDS = LOG.splitlines(keepends=True)
ZSTD = zstandard.ZstdCompressor().compress


def names(source):
    return [part.path.name for part in source.parts]


def rolling(folder, numbers, *, app="app-1", status="appstatus_app-1", endings=None):
    folder.mkdir(parents=True)
    ends = [len(RECORDS) * index // len(numbers) for index in range(len(numbers) + 1)]
    for start, end, number in zip(ends, ends[1:], numbers, strict=False):
        ending = (endings or {}).get(number, ".zstd")
        (folder / f"events_{number}_{app}{ending}").write_bytes(ZSTD(b"".join(RECORDS[start:end])))
    (folder / status).write_bytes(b"")
    return folder


def test_magic_bytes_win_over_a_lying_or_missing_ending(tmp_path, located):
    (tmp_path / "a.lz4").write_bytes(ZSTD(LOG))
    (tmp_path / "b").write_bytes(gzip.compress(LOG, mtime=0))
    (tmp_path / "c.zstd").write_bytes(LOG)
    assert [source.parts[0].codec for source in located()] == [Codec.ZSTD, Codec.GZIP, Codec.PLAIN]


def test_a_rolling_directory_is_one_log_in_numeric_order(tmp_path, located):
    (source,) = located(rolling(tmp_path / "eventlog_v2_app-1", range(1, 13)))
    assert names(source) == [f"events_{number}_app-1.zstd" for number in range(1, 13)]
    assert (source.layout, source.problems, source.in_progress) == ("rolling", (), False)
    assert len(read_application(source).queries) == 1


def test_a_gap_in_a_rolling_log_is_said(tmp_path, located):
    (source,) = located(rolling(tmp_path / "eventlog_v2_app-1", [1, 2, 5]))
    assert [problem.sentence for problem in source.problems] == ["A part of the rolling log is missing: number 3, 4."]
    assert source.problems[0] in read_application(source).problems


def test_a_rolling_log_without_its_beginning_is_said(tmp_path, located):
    (source,) = located(rolling(tmp_path / "eventlog_v2_app-1", [3, 4]))
    assert source.problems[0].detail == ": number 1, 2"


def test_the_newest_compacted_part_stands_for_all_before_it(tmp_path, located):
    folder = rolling(tmp_path / "eventlog_v2_app-1", [2, 4, 5, 6], endings={2: ".zstd.compact", 4: ".zstd.compact"})
    (folder / "events_3_app-1.zstd").write_bytes(ZSTD(LOG))
    (folder / "events_4_app-1.zstd").write_bytes(ZSTD(LOG))
    (source,) = located(folder)
    assert names(source) == ["events_4_app-1.zstd.compact", "events_5_app-1.zstd", "events_6_app-1.zstd"]
    assert source.problems == ()


def test_a_rolling_log_in_progress_is_known_by_its_status(tmp_path, located):
    (source,) = located(rolling(tmp_path / "eventlog_v2_app-1", [1], status="appstatus_app-1.inprogress"))
    assert source.in_progress


def test_an_attempt_is_an_application_of_its_own_also_in_a_flat_copy(tmp_path, located):
    rolling(tmp_path / "copy", [1, 2], app="app-1_1")
    rolling(tmp_path / "copy2", [1], app="app-1_2")
    for part in (tmp_path / "copy2").iterdir():
        part.rename(tmp_path / "copy" / part.name)
    assert [names(source)[0] for source in located(tmp_path / "copy")] == [
        "events_1_app-1_1.zstd",
        "events_1_app-1_2.zstd",
    ]


def test_a_databricks_delivery_is_read_by_time_with_the_growing_part_last(tmp_path, located):
    folder = tmp_path / "0101-000000-abc" / "eventlog" / "0101-000000-abc_10_0_0_1" / "123456"
    folder.mkdir(parents=True)
    (folder / "eventlog").write_bytes(b"".join(RECORDS[20:]))
    (folder / "eventlog-2026-11-02--10-00.gz").write_bytes(gzip.compress(b"".join(RECORDS[8:20]), mtime=0))
    (folder / "eventlog-2026-11-02--09-00.gz").write_bytes(gzip.compress(b"".join(RECORDS[:8]), mtime=0))
    (source,) = located(tmp_path)
    assert names(source) == ["eventlog-2026-11-02--09-00.gz", "eventlog-2026-11-02--10-00.gz", "eventlog"]
    assert (source.layout, source.path, source.problems) == ("databricks", folder, ())
    (query,) = read_application(source).queries
    assert [stage.run_ms for stage in query.times.stages] == [303, 50]


def test_a_databricks_delivery_without_its_newest_part_is_said(tmp_path, located):
    (tmp_path / "eventlog-2026-11-02--09-00.gz").write_bytes(gzip.compress(LOG, mtime=0))
    assert located()[0].problems[0].id == "missing-log-part"


def test_one_part_named_by_itself_is_read_and_said_to_be_one(tmp_path, located):
    folder = rolling(tmp_path / "eventlog_v2_app-1", [1, 2])
    (source,) = located(folder / "events_2_app-1.zstd")
    assert source.problems[0].sentence.endswith("events_2_app-1.zstd is one of 2 parts; give their directory instead.")


@pytest.mark.parametrize("content", [b"", ZSTD(b""), ZSTD(LOG)[:4]], ids=["no byte", "no record", "no block"])
def test_a_newest_part_with_nothing_in_it_yet_is_no_fault(tmp_path, located, content):
    folder = rolling(tmp_path / "eventlog_v2_app-1", [1])
    (folder / "events_2_app-1.zstd").write_bytes(content)
    (source,) = located(folder)
    assert (names(source), source.problems) == (["events_1_app-1.zstd"], ())
    assert read_application(source).is_complete


def test_an_empty_part_in_the_middle_is_a_missing_one(tmp_path, located):
    folder = rolling(tmp_path / "eventlog_v2_app-1", [1, 2, 3])
    (folder / "events_2_app-1.zstd").write_bytes(b"")
    (source,) = located(folder)
    assert [problem.id for problem in source.problems] == ["missing-log-part"]


def test_a_directory_of_many_is_searched_in_name_order(tmp_path, located):
    for name in ("b/deep/app-2.inprogress", "a/app-1.zstd", "app-0"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(LOG)
    rolling(tmp_path / "c" / "eventlog_v2_app-1", [1])
    for name in ("_SUCCESS", ".app-0.crc", "app-0.crc", "notes.txt"):
        (tmp_path / name).write_bytes(b"x")
    found = located()
    assert [source.path.name for source in found] == ["app-0", "app-1.zstd", "app-2.inprogress", "eventlog_v2_app-1"]
    assert [source.in_progress for source in found] == [False, False, True, False]


def test_links_in_a_loop_end(tmp_path, located):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "app").write_bytes(LOG)
    (tmp_path / "a" / "loop").symlink_to(tmp_path, target_is_directory=True)
    assert len(located()) == 1


def test_depth_is_bounded(tmp_path):
    deep = tmp_path.joinpath(*["d"] * (MAX_DEPTH + 1))
    deep.mkdir(parents=True)
    (deep / "app").write_bytes(LOG)
    found = locate(tmp_path)
    assert isinstance(found, NotLocated)
    assert "levels down" in found.tried[0].why.sentence


def test_nothing_found_lists_what_was_tried_and_why_not(tmp_path):
    (tmp_path / "empty").write_bytes(b"")
    (tmp_path / "notes.txt").write_bytes(b"hello\n")
    (tmp_path / "picture").write_bytes(b"\x89PNG\x00\x00")
    (tmp_path / "pretends.zstd").write_bytes(b"hello\n")
    (tmp_path / "other.gz").write_bytes(gzip.compress(b"hello\n", mtime=0))
    with zipfile.ZipFile(tmp_path / "logs.zip", "w") as archive:
        archive.writestr("app", LOG)
    found = locate(tmp_path)
    assert isinstance(found, NotLocated)
    assert found.reason.id == "no-logs-here"
    assert "6 files were tried" in found.reason.sentence
    assert {candidate.path.name: candidate.why.sentence for candidate in found.tried} == {
        "empty": "This is no Spark event log: it is empty.",
        "logs.zip": "This is no Spark event log: it is a zip archive; unpack it or give the log itself.",
        "notes.txt": "This is no Spark event log: no line of its beginning is a Spark event.",
        "other.gz": "This is no Spark event log: it is packed with gzip and holds no Spark events.",
        "picture": "This is a binary file of no known kind; a Spark event log was expected.",
        "pretends.zstd": "This is no Spark event log: its name says zstd and its content is something else.",
    }


@pytest.mark.parametrize(
    ("path", "reason"), [("gone", "not-found"), ("dbfs:/logs/app", "not-found"), ("nul\0", "not-found")]
)
def test_a_path_that_leads_nowhere_is_a_reason(tmp_path, path, reason):
    found = locate(path if ":" in path else tmp_path / path)
    assert isinstance(found, NotLocated)
    assert found.reason.id in {reason, "unreadable-file"}


def test_a_file_that_goes_away_is_a_problem_of_the_application(tmp_path, located):
    (tmp_path / "app").write_bytes(LOG)
    (source,) = located()
    (tmp_path / "app").unlink()
    assert read_application(source).problems[0].id == "unreadable-file"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    found = locate(tmp_path)
    assert isinstance(found, NotLocated)


@pytest.mark.parametrize(
    ("first_bytes", "is_log"),
    [
        (LOG, True),
        (ZSTD(LOG), True),
        (ZSTD(LOG)[:600], True),
        (b"PK\x03\x04stored\n" + LOG, False),
        (b"app-1".ljust(257, b"\x00") + b"ustar\n" + LOG, False),
        (b"\xef\xbb\xbf" + LOG, True),
        (b'garbage\n{"Event":"SparkListenerLogStart"}\n', True),
        (b'{"Timestamp":1,"Event":"SparkListenerJobEnd"}\n', True),
        (b"== Physical Plan ==\nScan csv\n", False),
        (b'{"nodeName":"Scan","simpleString":"Event","children":[]}', False),
        (b'{"graphs":[{"nodes":[]}]}', False),
        (gzip.compress(b"== Physical Plan ==", mtime=0), False),
        (b"", False),
    ],
)
def test_an_event_log_is_told_from_its_first_bytes(first_bytes, is_log):
    assert looks_like_event_log(first_bytes) is is_log

"""SPEC P7: a cut, torn or foreign log gives what is left and says what is lost; nothing raises."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st
from spark_events import (
    SQL,
    T0,
    adaptive,
    application_start,
    log_of,
    log_start,
    nightly,
    plan,
    record,
    sql_end,
    sql_start,
    task_end,
)

from clusop.analysis.cluster import Application
from clusop.eventlog.replay import Replay
from clusop.eventlog.source import LogSource

LOG = log_of(*nightly())


def fed(*records, tail=b""):
    """Feed records without a file."""
    replay = Replay()
    for line in records:
        replay.feed(line)
    if tail:
        replay.feed(tail, is_tail=True)
    return replay


def counts(application):
    stages = [*application.non_sql_stages, *(stage for query in application.queries for stage in query.times.stages)]
    return (
        len(application.queries),
        len(stages),
        sum(stage.task_count for stage in stages),
        sum(stage.run_ms + stage.lost_run_ms for stage in stages),
    )


def problems(application):
    return {problem.id: problem.detail for problem in application.problems}


def in_frames(log):
    """Packed as Spark does while an application runs: a frame is closed at every flush."""
    lines = log.splitlines(keepends=True)
    compress = zstandard.ZstdCompressor().compress
    return b"".join(compress(b"".join(lines[at : at + 4])) for at in range(0, len(lines), 4))


@pytest.mark.parametrize("content", [LOG, in_frames(LOG)], ids=["plain", "zstd"])
def test_a_log_cut_anywhere_is_read_to_there(read, content):
    previous = (0, 0, 0, 0)
    for cut in range(8, 51):  # before that, nothing can be decoded and the log is not one yet
        application = read(raw=content[: len(content) * cut // 50])
        now = counts(application)
        assert all(later >= earlier for earlier, later in zip(previous, now, strict=True)), f"at {cut}/50"
        assert application.is_complete or "in-progress-log" in problems(application)
        previous = now
    assert previous == (1, 3, 5, 373)
    assert problems(application) == {}


def test_a_torn_last_record_is_a_truncated_log_and_not_a_malformed_one(read):
    assert "truncated-log" in problems(read(raw=LOG + b'{"Event":"SparkListenerTaskEnd","Stage ID":1,"Sta'))
    assert "malformed-records" not in problems(read(raw=LOG + b'{"Event":"SparkListenerTaskSt'))


def test_a_last_task_cut_behind_all_that_is_needed_of_it_is_torn_all_the_same(read):
    application = read(raw=LOG + record(task_end(2, 7))[:-1])
    assert "truncated-log" in problems(application)
    assert counts(application) == counts(read(raw=LOG))


def test_a_whole_last_record_without_a_line_break_counts(read):
    application = read(raw=LOG[:-1])
    assert (application.is_complete, application.problems) == (True, ())


def test_a_cut_compressed_stream_is_a_truncated_log_even_between_records(read):
    packed = zstandard.ZstdCompressor().compress(LOG)
    padded = zstandard.ZstdCompressor().compress(LOG * 3)
    application = read(raw=packed + padded[: len(padded) // 2])
    assert problems(application)["truncated-log"] == " (the zstd frame is cut)"


def test_malformed_records_are_counted_and_the_rest_is_read(read):
    bad = [b"not json", b'{"Event":"SparkListenerJobStart","Job', b"[]", b'{"a":1}', b'{"Event":5}', b"\xff\xfe\x00"]
    application = read(raw=LOG + b"\n".join(bad) + b"\n" + b"\n\n  \n")
    assert problems(application) == {"malformed-records": ": 6"}
    assert counts(application) == (1, 3, 5, 373)


@pytest.mark.parametrize("event", nightly(), ids=lambda event: event["Event"].rpartition(".")[2])
def test_an_event_without_its_fields_or_with_odd_ones_is_no_exception(event):
    for odd in (None, "x", [], {}, -1, True, 1.5):
        for key in event:
            if key != "Event":
                fed(record({**event, key: odd})).application(_source())
    fed(record({"Event": event["Event"]})).application(_source())


def test_unknown_events_are_counted_by_kind(read):
    strange = {"Event": "com.databricks.StrangeEvent", "x": 1}
    application = read(raw=LOG + log_of(strange, strange, {"x": 1, "Event": SQL + "SparkListenerNew"}))
    assert application.unknown_events == (("com.databricks.StrangeEvent", 2), (SQL + "SparkListenerNew", 1))
    assert problems(application) == {"unknown-events": f": 2 × com.databricks.StrangeEvent, 1 × {SQL}SparkListenerNew"}


def test_events_spark_writes_and_nobody_needs_are_neither_decoded_nor_unknown(read):
    idle = [b'{"Event":"%s",broken' % kind for kind in (b"SparkListenerTaskStart", b"SparkListenerBlockManagerAdded")]
    idle.append(b'{"Event":"%sSparkListenerSQLAdaptiveSQLMetricUpdates",broken' % SQL.encode())
    assert read(raw=LOG + b"\n".join(idle) + b"\n").problems == ()


def test_the_number_of_unknown_kinds_kept_is_bounded():
    application = fed(*(record({"Event": f"Strange{number}"}) for number in range(1500))).application(_source())
    assert len(application.unknown_events) == 1001
    assert dict(application.unknown_events)["other"] == 500


def test_a_log_without_its_beginning_says_so(read):
    assert (
        "the application's start" in problems(read(raw=b"".join(LOG.splitlines(keepends=True)[8:])))["missing-log-part"]
    )


@pytest.mark.parametrize(("numbers", "lost"), [((0, 1, 2), ""), ((0, 2, 5), "3 of"), ((1,), "1 of")])
def test_databricks_numbers_its_parts_so_a_missing_one_shows(read, numbers, lost):
    heads = [{"Event": "DBCEventLoggingListenerMetadata", "Rollover Number": number} for number in numbers]
    found = problems(read(*heads, *nightly())).get("missing-log-part", "")
    assert found == (f": {lost} Databricks' numbered parts" if lost else "")


def test_without_the_fast_json_package_the_answers_are_the_same(read, tmp_path):
    program = (
        "import sys; sys.modules['orjson'] = None\n"
        "from clusop.eventlog import locate, read_application\n"
        "print(read_application(locate(sys.argv[1])[0]))"
    )
    application = read(raw=LOG)
    command = [sys.executable, "-c", program, str(tmp_path / "app-1")]
    assert subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip() == repr(application)


def test_an_application_without_sql_says_so(read):
    assert "no-sql" in problems(read(log_start(), application_start()))


def test_a_damaged_adaptive_update_is_counted_when_its_turn_comes(read):
    update = b'{"Event":"%sSparkListenerSQLAdaptiveExecutionUpdate","executionId":0,"physicalPlan' % SQL.encode()
    start = sql_start(0, adaptive(plan("Sort"), final=False))
    application = read(raw=log_of(log_start(), application_start(), start) + update + b"\n" + log_of(sql_end(0)))
    assert problems(application)["malformed-records"] == ": 1"
    assert [problem.id for problem in application.queries[0].problems] == ["no-plan-in-execution"]


def test_a_record_order_of_keys_nobody_wrote_is_read_all_the_same(read):
    turned = [json.dumps(dict(reversed(event.items()))).encode() for event in nightly()]
    assert counts(read(raw=b"\n".join(turned) + b"\n")) == (1, 3, 5, 373)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.one_of(st.sampled_from(LOG.splitlines()), st.binary(max_size=60)), max_size=30), st.binary(max_size=30)
)
def test_any_records_in_any_order_give_an_application(records, tail):
    assert isinstance(fed(*records, tail=tail).application(_source()), Application)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_any_single_change_to_a_record_gives_an_application(data):
    lines = LOG.splitlines()
    index = data.draw(st.integers(0, len(lines) - 1))
    at = data.draw(st.integers(0, len(lines[index]) - 1))
    lines[index] = lines[index][:at] + data.draw(st.binary(max_size=3)) + lines[index][at + 1 :]
    assert isinstance(fed(*lines).application(_source()), Application)


def _source():
    return LogSource(path=None, layout="file", parts=(), problems=())


def test_times_of_day_that_cannot_be_do_not_stretch_the_timeline(read):
    application = read(log_start(), application_start(0), *nightly()[1:3], *nightly()[4:])
    assert application.cluster.epochs[0].start_at_ms >= T0

"""Real logs (../shared/corpus/eventlogs): what they are known to hold, and that the fast paths carry them."""

from __future__ import annotations

import io
from fractions import Fraction

import pytest
import zstandard

from clusop.analysis.cluster import Uptime
from clusop.eventlog import NotLocated, locate, read_application
from clusop.eventlog.events import decode_event, event_kind
from clusop.eventlog.lines import LineStream
from clusop.eventlog.replay import Replay
from clusop.eventlog.task_end import glance, task_end_of
from clusop.plan.reading import Phase

Q88 = "nds_q88_photon_db_13_3.zstd"


@pytest.fixture(scope="module")
def logs(corpus):
    return corpus / "eventlogs"


@pytest.fixture(scope="module")
def q88(logs):
    (source,) = locate(logs / Q88)
    return read_application(source)


def stages_of(application):
    return [*application.non_sql_stages, *(stage for query in application.queries for stage in query.times.stages)]


def test_q88_has_its_executions_stages_and_photon_time(q88):
    assert (len(q88.queries), len(stages_of(q88)), len(q88.non_sql_stages)) == (27, 57, 31)
    (query,) = [query for query in q88.queries if query.query_id == "26"]
    run_ms = sum(stage.run_ms for stage in query.times.stages)
    native_ns = sum(stage.native_ns for stage in query.times.stages if stage.native_ns is not None)
    assert run_ms == pytest.approx(3_818_100, rel=1e-3)
    assert native_ns / 1e6 == pytest.approx(3_747_700, rel=1e-3)
    assert [reading.phase for reading in query.readings] == [Phase.FINAL]
    assert query.text is not None
    assert query.text.phase is Phase.FINAL


def test_q88_runs_on_two_workers_of_eight_cores_and_no_time_is_lost_between_epochs(q88):
    assert [(epoch.slot_count, epoch.worker_count) for epoch in q88.cluster.epochs] == [(0, 0), (8, 1), (16, 2)]
    for stage in stages_of(q88):
        assert sum((part for _, part in stage.run_by_epoch_ms), Fraction(0)) == stage.run_ms + stage.lost_run_ms
        assert {index for index, _ in stage.run_by_epoch_ms} <= {2}


def test_q88_tells_its_cluster(q88):
    cluster = q88.cluster
    assert (cluster.cloud, cluster.product, cluster.uptime) == ("AWS", "ALL_PURPOSE_COMPUTE", Uptime.FIXED)
    assert (cluster.driver_node_type, cluster.worker_node_type) == ("m6gd.xlarge", "m6gd.2xlarge")
    assert (cluster.availability, cluster.first_on_demand) == ("SPOT_WITH_FALLBACK", 1)
    assert (q88.engine, q88.dbr_version, q88.spark_version) == ("photon", "13.3", "3.4.1")
    assert [problem.id for problem in q88.problems] == ["in-progress-log"]


def test_no_task_end_of_q88_is_decoded(logs):
    (source,) = locate(logs / Q88)
    replay = Replay()
    for line in LineStream(source):
        replay.feed(line)
    assert replay.decoded_task_count == 0


def test_every_task_end_of_the_corpus_is_read_by_search_as_by_decoding(logs):
    seen = 0
    for source in locate(logs):
        for line in LineStream(source):
            if event_kind(line) == "SparkListenerTaskEnd":
                task = task_end_of(decode_event(line))
                assert glance(line) == (task if task.is_success else None)
                seen += 1
    assert seen > 8000


def test_every_log_is_an_application_whose_times_add_up(logs):
    found = locate(logs)
    assert not isinstance(found, NotLocated)
    assert len(found) == 10
    for source in found:
        application = read_application(source)
        assert application.app_id
        assert application.queries
        for stage in stages_of(application):
            assert stage.run_ms >= 0
            assert sum((part for _, part in stage.run_by_epoch_ms), Fraction(0)) == stage.run_ms + stage.lost_run_ms
            assert [remark.id for remark in stage.remarks] in ([], ["failed-tasks"])
        assert not any(query.events_dropped for query in application.queries)


def test_one_application_delivered_in_two_layouts_is_the_same(logs):
    rolling, delivered = (locate(logs / name)[0] for name in ("eventlog_v2_local-1623876083964", "db_sim_eventlog"))
    assert read_application(rolling) == read_application(delivered)


def test_the_malformed_log_loses_one_record_and_says_so(logs):
    (source,) = locate(logs / "malformed_json_eventlog.zstd")
    assert [problem.sentence for problem in read_application(source).problems] == [
        "Some records are no JSON and were skipped: 1."
    ]


def test_a_query_that_failed_inside_the_engine_is_failed_and_its_tasks_are_lost(logs):
    (source,) = locate(logs / "comet_delta.zstd")
    failed = [query for query in read_application(source).queries if query.status.value == "failed"]
    assert failed
    assert sum(stage.failed_task_count for query in failed for stage in query.times.stages) == 2
    assert sum(stage.lost_run_ms for query in failed for stage in query.times.stages) > 0


def test_q88_cut_anywhere_is_read_to_there(logs, tmp_path):
    plain = (
        zstandard.ZstdDecompressor()
        .stream_reader(io.BytesIO((logs / Q88).read_bytes()), read_across_frames=True)
        .read()
    )
    previous = (0, 0, 0)
    for cut in range(1, 9):
        path = tmp_path / "cut"
        path.write_bytes(plain[: len(plain) * cut // 9])
        (source,) = locate(path)
        application = read_application(source)
        now = (
            len(application.queries),
            len(stages_of(application)),
            sum(stage.task_count for stage in stages_of(application)),
        )
        assert all(later >= earlier for earlier, later in zip(previous, now, strict=True))
        assert "truncated-log" in {problem.id for problem in application.problems}
        previous = now

"""DESIGN §6, h: who was alive when, and in which of these spans task time was spent."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st
from spark_events import (
    T0,
    application_end,
    application_start,
    executor_added,
    executor_removed,
    job_start,
    log_start,
    stage_completed,
    stage_submitted,
    task_end,
)

from clusop.eventlog.task_end import TaskEnd
from clusop.eventlog.timeline import Timeline, share_by_epoch, share_evenly


def shape(application):
    return [
        (epoch.start_at_ms - T0, epoch.end_at_ms - T0, epoch.slot_count, epoch.worker_count)
        for epoch in application.cluster.epochs
    ]


def test_epochs_run_from_the_applications_start_to_its_end(read):
    application = read(
        log_start(),
        application_start(T0),
        executor_added("0", T0 + 10, cores=8),
        executor_added("1", T0 + 20, cores=8),
        executor_removed("0", T0 + 90),
        application_end(T0 + 100),
    )
    assert shape(application) == [(0, 10, 0, 0), (10, 20, 8, 1), (20, 90, 16, 2), (90, 100, 8, 1)]


def test_executors_on_one_host_are_one_worker(read):
    events = [executor_added(str(number), T0, cores=2, host="h") for number in range(3)]
    assert shape(read(application_start(T0), *events, application_end(T0 + 5))) == [(0, 5, 6, 1)]


def test_in_local_mode_the_driver_is_the_slots_and_no_worker(read):
    assert shape(read(application_start(T0), executor_added("driver", T0, cores=3), application_end(T0 + 5))) == [
        (0, 5, 3, 0)
    ]


def test_the_driver_does_not_count_beside_executors(read):
    events = [executor_added("driver", T0, cores=3), executor_added("0", T0, cores=4)]
    assert shape(read(application_start(T0), *events, application_end(T0 + 5))) == [(0, 5, 4, 1)]


def test_changes_in_any_order_and_removals_of_strangers_give_the_same(read):
    events = [executor_removed("0", T0 + 50), executor_removed("9", T0 + 5), executor_added("0", T0)]
    assert shape(read(application_start(T0), *events, application_end(T0 + 60))) == [(0, 50, 4, 1), (50, 60, 0, 0)]


def test_without_executors_there_is_no_timeline_and_a_remark(read):
    application = read(
        application_start(T0), job_start(0, [0]), stage_submitted(0), task_end(0, 5), stage_completed(0, run=5)
    )
    assert application.cluster.epochs == ()
    assert [remark.id for remark in application.cluster.remarks] == ["no-timeline"]
    assert application.non_sql_stages[0].run_by_epoch_ms == ()


def test_task_time_is_shared_by_the_spans_it_ran_in(read):
    """150 ms over 200 ms of wall, half of it before the second executor came: 75 and 75."""
    application = read(
        application_start(T0),
        executor_added("0", T0),
        job_start(0, [0]),
        stage_submitted(0),
        executor_added("1", T0 + 100),
        task_end(0, 150, launched=T0, finished=T0 + 200),
        task_end(0, 30, launched=T0 + 120, finished=T0 + 160, reason="TaskKilled"),
        stage_completed(0, run=180),
        application_end(T0 + 300),
    )
    (stage,) = application.non_sql_stages
    assert stage.run_by_epoch_ms == ((0, 75), (1, 105))
    assert stage.run_ms + stage.lost_run_ms == 180


@settings(deadline=None)
@given(
    st.lists(st.integers(min_value=1, max_value=60), max_size=8),
    st.lists(
        st.tuples(st.integers(0, 60), st.integers(0, 60), st.integers(0, 100)),
        min_size=1,
        max_size=8,
    ),
)
def test_spread_time_adds_up_and_stays_within_the_task(changes, tasks):
    timeline = Timeline()
    timeline.application_started(1)
    for number, at_ms in enumerate(changes):
        timeline.executor_added({"Timestamp": at_ms, "Executor ID": str(number), "Executor Info": {"Total Cores": 1}})
    spread: dict[int, int] = {}
    for launched, length, run_ms in tasks:
        own: dict[int, int] = {}
        timeline.spread(TaskEnd(0, 0, launched, launched + length, run_ms, None), own)
        assert sum(own.values()) == run_ms
        assert all(at_ms < max(launched + length, launched + 1) for at_ms in own)
        for at_ms, part_ms in own.items():
            spread[at_ms] = spread.get(at_ms, 0) + part_ms
    timeline.seen(200)
    shares = share_by_epoch(spread, Fraction(7, 3), timeline.epochs())
    if changes and sum(spread.values()):
        assert sum(part for _, part in shares) == Fraction(7, 3)
    else:
        assert shares == ()


@settings(deadline=None)
@given(st.lists(st.integers(min_value=1, max_value=60), min_size=1, max_size=8), st.integers(0, 99), st.integers(0, 99))
def test_time_spread_evenly_adds_up(changes, start, end):
    timeline = Timeline()
    timeline.application_started(1)
    for number, at_ms in enumerate(changes):
        timeline.executor_added({"Timestamp": at_ms, "Executor ID": str(number), "Executor Info": {"Total Cores": 1}})
    timeline.seen(70)
    assert sum(part for _, part in share_evenly(start, end, Fraction(50), timeline.epochs())) == 50

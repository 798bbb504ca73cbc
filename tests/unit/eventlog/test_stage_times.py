"""DESIGN §5: what a stage cost, from its own sums and its tasks, whatever became of them."""

from __future__ import annotations

import pytest
from spark_events import (
    T0,
    application_start,
    executor_added,
    job_start,
    log_start,
    plan,
    sql_start,
    stage_completed,
    stage_submitted,
    task_end,
)

HEAD = (log_start(), application_start(), executor_added("0", T0))
MS = 1_000_000


def stages_of(application):
    return [*application.non_sql_stages, *(stage for query in application.queries for stage in query.times.stages)]


def one_stage(read, *events):
    (stage,) = stages_of(read(*HEAD, job_start(0, [0]), stage_submitted(0), *events))
    return stage


def reasons(stage):
    return [remark.id for remark in stage.remarks]


def test_a_clean_stage_is_its_own_sums(read):
    tasks = [task_end(0, 10, native=4 * MS), task_end(0, 30)]
    stage = one_stage(read, *tasks, stage_completed(0, run=40, native=4 * MS, metrics=[(7, 5)]))
    assert (stage.run_ms, stage.native_ns, stage.lost_run_ms, stage.task_count) == (40, 4 * MS, 0, 2)
    assert (dict(stage.accumulators), stage.succeeded, stage.remarks) == ({7: 5}, True, ())


def test_native_time_that_nobody_brought_is_absent_and_not_zero(read):
    assert one_stage(read, task_end(0, 10), stage_completed(0, run=10)).native_ns is None
    assert one_stage(read, task_end(0, 10, native=0), stage_completed(0, run=10, native=0)).native_ns == 0


def test_failed_and_killed_tasks_are_taken_out_of_the_sums_and_kept_apart(read):
    stage = one_stage(
        read,
        task_end(0, 10, native=4 * MS),
        task_end(0, 30, native=9 * MS, reason="ExceptionFailure"),
        task_end(0, 5, native=2 * MS, reason="TaskKilled", speculative=True),
        stage_completed(0, run=45, native=15 * MS),
    )
    assert (stage.run_ms, stage.lost_run_ms, stage.native_ns) == (10, 35, 4 * MS)
    assert (stage.failed_task_count, stage.killed_task_count, stage.speculative_task_count) == (1, 1, 1)
    assert stage.remarks[0].sentence.endswith("shares rest on the successful ones: 1 failed, 1 killed.")


def test_a_lost_task_the_driver_never_counted_does_not_lower_the_good_ones(read):
    stage = one_stage(
        read,
        task_end(0, 10),
        task_end(0, 0, reason="ExecutorLostFailure", counted=False, metrics=False, finished=T0 + 500),
        stage_completed(0, run=10),
    )
    assert (stage.run_ms, stage.lost_run_ms) == (10, 500)


def test_native_time_of_lost_tasks_is_subtracted_where_good_tasks_were_not_all_seen(read):
    stage = one_stage(
        read,
        task_end(0, 30, native=9 * MS, reason="ExceptionFailure"),
        stage_completed(0, run=100, native=50 * MS),
    )
    assert (stage.run_ms, stage.native_ns) == (70, 41 * MS)


def test_only_the_failed_tasks_ran_natively(read):
    stage = one_stage(
        read,
        task_end(0, 10),
        task_end(0, 30, native=9 * MS, reason="ExceptionFailure"),
        stage_completed(0, run=40, native=9 * MS),
    )
    assert (stage.run_ms, stage.native_ns) == (10, None)


def test_tasks_that_end_after_their_stage_are_added(read):
    stage = one_stage(
        read,
        task_end(0, 10, native=MS),
        stage_completed(0, run=10, native=MS, failure="fetch failed"),
        task_end(0, 7, native=2 * MS),
        task_end(0, 3, reason="TaskKilled"),
    )
    assert (stage.run_ms, stage.native_ns, stage.lost_run_ms, stage.succeeded) == (17, 3 * MS, 3, False)
    assert reasons(stage) == ["failed-tasks"]


def test_without_internal_accumulables_the_sums_come_from_the_tasks(read):
    tasks = [
        task_end(0, 10, counted=False),
        task_end(0, 30, counted=False),
        task_end(0, 8, counted=False, reason="TaskKilled"),
    ]
    stage = one_stage(read, *tasks, stage_completed(0, metrics=[(7, 5)]))
    assert (stage.run_ms, stage.lost_run_ms, stage.native_ns, dict(stage.accumulators)) == (40, 8, None, {7: 5})


def test_native_time_stays_where_only_sparks_own_metrics_are_left_out(read):
    stage = one_stage(read, task_end(0, 10, counted=False), stage_completed(0, native=4 * MS))
    assert (stage.run_ms, stage.native_ns) == (10, 4 * MS)


def test_a_stage_whose_end_is_not_in_the_log_has_the_tasks_seen(read):
    stage = one_stage(read, task_end(0, 10, native=4 * MS), task_end(0, 30))
    assert (stage.run_ms, stage.native_ns, stage.succeeded, stage.task_count) == (40, 4 * MS, False, 2)
    assert reasons(stage) == ["stage-without-end"]


def test_a_stage_whose_tasks_are_not_in_the_log_is_spread_over_its_duration(read):
    stage = one_stage(read, stage_completed(0, run=40, at_ms=T0 + 1000))
    assert (stage.run_ms, stage.task_count, stage.run_by_epoch_ms) == (40, 1, ((0, 40),))
    assert reasons(stage) == ["tasks-not-seen"]


def test_every_attempt_is_kept(read):
    application = read(
        *HEAD,
        sql_start(0, plan("Scan")),
        job_start(0, [0], execution=0),
        stage_submitted(0, execution=0),
        task_end(0, 10),
        stage_completed(0, run=10, failure="fetch failed"),
        stage_submitted(0, attempt=1, execution=0),
        task_end(0, 20, attempt=1),
        stage_completed(0, attempt=1, run=20),
    )
    (query,) = application.queries
    assert [(stage.attempt, stage.run_ms, stage.succeeded) for stage in query.times.stages] == [
        (0, 10, False),
        (1, 20, True),
    ]


def test_a_skipped_stage_is_no_stage(read):
    application = read(*HEAD, job_start(0, [0, 1]), stage_submitted(1), task_end(1, 5), stage_completed(1, run=5))
    assert [stage.stage_id for stage in stages_of(application)] == [1]


@pytest.mark.parametrize("order", [(10, 25), (25, 10)], ids=["in order", "out of order"])
def test_an_accumulator_two_stages_raise_is_shared_out_and_not_counted_twice(read, order):
    """A range shuffle samples its input: the scan runs in two jobs and StageCompleted carries the driver's running value."""
    first, second = order
    application = read(
        *HEAD,
        sql_start(0, plan("Scan")),
        job_start(0, [0], execution=0),
        stage_submitted(0, execution=0),
        stage_completed(0, run=1, metrics=[(7, first)]),
        job_start(1, [1], execution=0),
        stage_submitted(1, execution=0),
        stage_completed(1, run=1, metrics=[(7, second)]),
    )
    (query,) = application.queries
    assert sum(stage.accumulators[7] for stage in query.times.stages) == 25


def test_a_query_run_again_starts_its_metrics_anew(read):
    """Spark resets the metrics of a plan that is collected twice: the same accumulator belongs to both executions in full."""
    events = []
    for number in (0, 1):
        events += [
            sql_start(number, plan("Scan")),
            job_start(number, [number], execution=number),
            stage_submitted(number, execution=number),
            stage_completed(number, run=1, metrics=[(7, 100)]),
        ]
    assert [query.times.stages[0].accumulators[7] for query in read(*HEAD, *events).queries] == [100, 100]


def test_a_stage_follows_its_own_submission_before_its_job(read):
    application = read(
        *HEAD,
        sql_start(4, plan("Scan")),
        sql_start(5, plan("Scan")),
        job_start(0, [0, 1], execution=4),
        stage_submitted(0, execution=5),
        stage_completed(0, run=7),
        stage_submitted(1),
        stage_completed(1, run=9),
    )
    assert {query.query_id: [stage.run_ms for stage in query.times.stages] for query in application.queries} == {
        "4": [9],
        "5": [7],
    }


def test_a_stage_that_a_later_job_lists_again_stays_with_the_job_that_ran_it(read):
    application = read(
        *HEAD,
        sql_start(4, plan("Scan")),
        sql_start(5, plan("Scan")),
        job_start(0, [0], execution=4),
        stage_submitted(0),
        stage_completed(0, run=7),
        job_start(1, [0, 1], execution=5),
    )
    assert [len(query.times.stages) for query in application.queries] == [1, 0]

"""Runs that a log and a live agent tell of count once, whichever comes first; what only one of them tells counts."""

from __future__ import annotations

import pytest
from billed_hours import HOUR_MS, exposure, settle, tell_hours
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ingest_samples import DAY_MS, NOW_MS, line, signal
from sqlalchemy import select

from clusop.service.ingest.apply import apply_batches
from clusop.service.ingest.batch import batch_of
from clusop.service.ingest.limits import Limits
from clusop.service.ingest.recount import differences
from clusop.service.ingest.seen import SUMS
from clusop.service.ingest.told_live import Span, told_by
from clusop.service.store.tables.problems import problem_days, problems, signals

LIVE_AGENT, LOG_AGENT, OTHER_LOG = 1, 2, 3
BEGIN_MS = NOW_MS - 10_000_000
RUN_COST = 100


def run(number, length_ms=1_000, every_ms=10_000):
    """The span of a run: one every ten seconds."""
    start_at_ms = BEGIN_MS + number * every_ms
    return {"start_at_ms": start_at_ms, "end_at_ms": start_at_ms + length_ms}


def live(sequence, first, last, **changed):
    """What an agent gathered of the runs from ``first`` to ``last``."""
    runs = last - first + 1
    span = {"start_at_ms": run(first)["start_at_ms"], "end_at_ms": run(last)["end_at_ms"]}
    cost = RUN_COST * runs
    return line(signal(LIVE_AGENT, sequence, runs=runs, low=cost, high=cost, **span | changed))


def log(sequence, number, agent=LOG_AGENT, **changed):
    """What a log tells of one run."""
    return line(signal(agent, sequence, runs=1, **{"low": RUN_COST, "high": RUN_COST} | run(number) | changed))


def take(database, *lines, offline=False):
    with database.writing() as connection:
        apply_batches(connection, [batch_of(list(lines), is_offline=offline)], NOW_MS, Limits())


def told(database):
    """Runs, exposure and stored signals of all problems; how many of the signals are left out."""
    with database.reading() as connection:
        assert differences(connection) == []
        rows = connection.execute(
            select(problems.c.run_count, problems.c.exposure_low_microusd, problems.c.signal_count)
        )
        sums = [sum(column) for column in zip(*rows.all(), strict=True)]
        left_out = connection.execute(select(signals.c.left_out).where(signals.c.left_out != "")).scalars().all()
    assert set(left_out) <= {"told-live"}
    return (*sums, len(left_out))


def test_the_log_of_an_application_that_was_watched_adds_nothing(database):
    take(database, live(1, 0, 2), live(2, 3, 3))
    take(database, *(log(number + 1, number) for number in range(4)), offline=True)
    assert told(database) == (4, 4 * RUN_COST, 6, 4)


def test_nor_does_it_where_the_log_came_first(database):
    take(database, *(log(number + 1, number) for number in range(4)), offline=True)
    assert told(database) == (4, 4 * RUN_COST, 4, 0)
    take(database, live(1, 0, 2))
    assert told(database) == (4, 4 * RUN_COST, 5, 3)
    take(database, live(2, 3, 3))
    assert told(database) == (4, 4 * RUN_COST, 6, 4)


def test_what_the_agent_did_not_see_is_counted_from_the_log(database):
    take(database, *(log(number + 1, number) for number in range(6)), offline=True)
    take(database, live(1, 2, 4))
    assert told(database) == (6, 6 * RUN_COST, 7, 3)


@pytest.mark.parametrize("is_live_first", [True, False])
def test_the_log_of_another_application_at_the_same_time_is_counted(database, is_live_first):
    if is_live_first:
        take(database, live(1, 0, 5))
    within = [{name: at_ms + 50 for name, at_ms in run(number).items()} for number in range(1, 4)]
    lines = [log(number + 1, 0, OTHER_LOG, **span) for number, span in enumerate(within)]
    take(database, *lines, offline=True)
    if not is_live_first:
        take(database, live(1, 0, 5))
    assert told(database) == (9, 9 * RUN_COST, 4, 0)


def test_a_log_knows_no_task_and_is_recognised_all_the_same(database):
    take(database, live(1, 0, 1, problem=1, task_key="load"))
    take(database, log(1, 0, problem=2, task_key=""), log(2, 1, problem=2, task_key=""), offline=True)
    assert told(database) == (2, 2 * RUN_COST, 3, 2)


@pytest.mark.parametrize(
    "other", [{"workload": "job:43"}, {"cause": "scala-udf"}, {"occurrence": 1}, {"workspace": "9"}]
)
def test_another_problem_of_the_same_runs_is_counted(database, other):
    take(database, live(1, 0, 1))
    changed = dict(other)
    if "cause" in changed:
        changed["findings"] = [signal()["findings"][0] | {"cause": changed["cause"]}]
    take(database, *(log(n + 1, n, problem=7, **changed) for n in range(2)), offline=True)
    assert told(database) == (4, 4 * RUN_COST, 3, 0)


def test_a_udf_by_arrow_in_one_of_them_is_the_same_problem(database):
    finding = signal()["findings"][0] | {"cause": "pandas-udf", "operator": "ArrowEvalPython"}
    take(database, live(1, 0, 1))
    take(database, *(log(n + 1, n, cause="pandas-udf", findings=[finding]) for n in range(2)), offline=True)
    assert told(database) == (2, 2 * RUN_COST, 3, 2)


def test_a_sum_that_stopped_at_the_greatest_integer_stays_there(database):
    most = 2**63 - 1
    take(database, *(log(n + 1, n, high=most) for n in range(2)), offline=True)
    take(database, live(1, 0, 1))
    with database.reading() as connection:
        row = connection.execute(select(problems.c.exposure_high_microusd, problems.c.run_count)).one()
    assert tuple(row) == (most, 2)


@pytest.mark.parametrize("is_live_first", [True, False])
def test_days_are_told_as_the_problem_is(database, is_live_first):
    day_ms = 86_400_000
    midnight = NOW_MS // day_ms * day_ms
    spans = [
        {"start_at_ms": midnight - 5_000, "end_at_ms": midnight - 1},
        {"start_at_ms": midnight, "end_at_ms": midnight + 9},
    ]
    whole = {"start_at_ms": midnight - 5_000, "end_at_ms": midnight + 9}

    def logged():
        take(database, *(log(n + 1, 0, **span) for n, span in enumerate(spans)), offline=True)

    if not is_live_first:
        logged()
    take(database, live(1, 0, 1, **whole))
    if is_live_first:
        logged()
    with database.reading() as connection:
        days = connection.execute(
            select(problem_days.c.day, problem_days.c.run_count).order_by(problem_days.c.day)
        ).all()
    assert [tuple(one) for one in days] == [(midnight // day_ms - 1, 0), (midnight // day_ms, 2)]
    assert told(database)[0] == 2


def test_a_span_that_begins_or_ends_with_none_of_the_runs_is_of_another_application():
    runs = [Span(10, 20), Span(30, 40), Span(50, 60)]
    assert told_by(Span(10, 40), runs) == runs[:2]
    assert told_by(Span(10, 60), runs) == runs
    assert told_by(Span(30, 40), runs) == runs[1:2]
    assert told_by(Span(9, 40), runs) == told_by(Span(10, 41), runs) == told_by(Span(10, 45), runs) == []
    # One that goes on beyond is not within.
    assert told_by(Span(10, 55), [*runs, Span(20, 70)]) == []


RUNS = 8
GATHERED = st.lists(st.integers(1, 3), min_size=1, max_size=4)


def records(sizes):
    """Live signals over consecutive runs, of these sizes; and the log of all the runs."""
    made, first = [], 0
    for sequence, size in enumerate(sizes, 1):
        made.append((False, live(sequence, first, min(first + size, RUNS) - 1)))
        first += size
        if first >= RUNS:
            break
    return made, [(True, log(number + 1, number)) for number in range(RUNS)]


def mixed_groups(data, lines):
    """The lines in any order, cut into any groups."""
    mixed = data.draw(st.permutations(lines))
    cuts = data.draw(st.lists(st.booleans(), min_size=len(mixed), max_size=len(mixed)))
    groups, waiting = [], []
    for one, is_cut in zip(mixed, cuts, strict=True):
        waiting.append(one)
        if is_cut:
            groups.append(waiting)
            waiting = []
    return [*groups, waiting]


def bring(database, groups, now_ms=NOW_MS):
    with database.writing() as connection:
        for group in groups:
            batches = [batch_of([text], is_offline=is_offline) for is_offline, text in group]
            apply_batches(connection, batches, now_ms, Limits())


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_in_any_order_and_grouping_each_run_counts_once(fresh, data):
    gathered, logged = records(data.draw(GATHERED))
    groups = mixed_groups(data, [*gathered, *logged])
    database = fresh()
    bring(database, groups)
    seen_live = sum(read.sums[SUMS.index("run_count")] for _, text in gathered for read in batch_of([text]).seen)
    assert told(database) == (RUNS, RUNS * RUN_COST, len(gathered) + RUNS, seen_live)


EVERY_MS = 25 * 60_000
"""Runs over four hours and midnight."""
LATER_MS = NOW_MS + 3 * DAY_MS


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_in_any_order_what_the_bill_replaces_is_what_is_in_the_sums(fresh, data):
    """The bill tells two hours of four, and a run of the resolver was there before, between, or not at all since."""
    sizes = data.draw(GATHERED)
    gathered, first = [], 0
    for sequence, size in enumerate(sizes, 1):
        last = min(first + size, RUNS) - 1
        span = {
            "start_at_ms": run(first, every_ms=EVERY_MS)["start_at_ms"],
            "end_at_ms": run(last, every_ms=EVERY_MS)["end_at_ms"],
        }
        gathered.append((False, live(sequence, first, last, **span)))
        if (first := last + 1) >= RUNS:
            break
    logged = [(True, log(number + 1, number, **run(number, every_ms=EVERY_MS))) for number in range(RUNS)]
    groups = mixed_groups(data, [*gathered, *logged])
    database = fresh()
    # Of long before, so that the problem is there for the bill to name.
    bring(database, [[(False, live(99, -9, -9))]], LATER_MS)
    first_hour = BEGIN_MS // HOUR_MS
    with database.writing() as connection:
        tell_hours(connection, 1, signal()["cluster"], [first_hour, first_hour + 2])
    resolved = data.draw(st.integers(0, len(groups)))
    bring(database, groups[:resolved], LATER_MS)
    with database.writing() as connection:
        settle(connection)
    bring(database, groups[resolved:], LATER_MS)
    with database.writing() as connection:
        at_once = exposure(connection)
        settle(connection)
        assert at_once == exposure(connection)
        assert differences(connection) == []
        assert sum(row[-1] for row in at_once) > 0

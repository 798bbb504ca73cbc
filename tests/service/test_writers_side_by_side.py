"""Writers on PostgreSQL at the same time: no circle of locks, and what a log and an agent both tell counts once, whoever commits
first. Transactions here are tried once: a deadlock that a second try would mend is a failure.
"""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import permutations

import pytest
from ingest_samples import DAY_MS, NOW_MS, agent_state, line, signal
from sqlalchemy import func, select, text

from clusop.service.ingest.apply import apply_batches
from clusop.service.ingest.batch import batch_of
from clusop.service.ingest.limits import Limits
from clusop.service.ingest.recount import differences
from clusop.service.resolver.exposure_days import write_exposure
from clusop.service.retention.retention import forget
from clusop.service.store.tables.problems import problem_days, problems, signals

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)

SPANS = [{"start_at_ms": NOW_MS - begin, "end_at_ms": NOW_MS - begin + 500} for begin in (9_000, 6_000, 3_000)]
WHOLE = {"start_at_ms": SPANS[0]["start_at_ms"], "end_at_ms": SPANS[-1]["end_at_ms"]}
RUNS = len(SPANS)
WAITING = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
DEADLOCKS = text("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
PATIENCE_S = 60


def live(agent, *, problem, workload="job:1", task_key="load"):
    """What an agent tells of the three runs: one signal."""
    return [signal(agent, 1, problem=problem, runs=RUNS, workload=workload, task_key=task_key, **WHOLE)]


def log(agent, *, problem, workload="job:1"):
    """What their log tells: a signal a run."""
    return [
        signal(agent, number, problem=problem, runs=1, workload=workload, task_key="", **span)
        for number, span in enumerate(SPANS, 1)
    ]


def apply(connection, documents, *, offline=False):
    apply_batches(connection, [batch_of([line(one) for one in documents], is_offline=offline)], NOW_MS, Limits())


@pytest.fixture
def side_by_side(database):
    """A function that does some work in a transaction in a thread of its own; its future."""

    def once(work):
        with database.writing() as connection:
            work(connection)

    with ThreadPoolExecutor(8) as pool:
        yield lambda work: pool.submit(once, work)


def wait_until(database, is_so):
    """Until ``is_so`` of what PostgreSQL says of locks that are waited for."""
    until_s = time.monotonic() + PATIENCE_S
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        while not is_so(connection.scalar(WAITING)):
            assert time.monotonic() < until_s, "nobody waits as expected"
            time.sleep(0.01)


@contextmanager
def nobody_stores_signals(database):
    """Whoever comes to the signals' table, with the rows locked that come before it, waits there until the end of this."""
    with database.engine.connect() as connection, connection.begin():
        connection.execute(text("LOCK TABLE signals IN SHARE MODE"))
        yield


def counted(database):
    """Runs in the sums, and signals of logs that are out of them. The sums are those of the signals."""
    with database.reading() as connection:
        assert differences(connection) == []
        runs = connection.scalar(select(func.sum(problems.c.run_count)))
        left_out = connection.scalar(select(func.count()).select_from(signals).where(signals.c.left_out != ""))
        return int(runs), left_out


@pytest.mark.parametrize("is_log_first", [True, False])
def test_the_first_signals_of_both_at_the_same_time_count_once(database, side_by_side, is_log_first):
    """No row of either problem is there yet that both could lock."""
    both = [(log(2, problem=5), True), (live(1, problem=0), False)]
    (first, is_first_log), (second, is_second_log) = both if is_log_first else both[::-1]
    with database.writing() as connection:
        apply(connection, first, offline=is_first_log)
        other = side_by_side(lambda connection: apply(connection, second, offline=is_second_log))
        # It has done its work and been committed, or waits for this one.
        wait_until(database, lambda waiting: waiting or other.done())
    other.result(PATIENCE_S)
    assert counted(database) == (RUNS, RUNS)


def test_two_agents_first_signals_beside_a_log_that_is_being_stored_count_each_once(database, side_by_side):
    """Tasks of one job under two agents: the runs of the log are those of the one whose span they begin and end."""
    later = {"start_at_ms": WHOLE["start_at_ms"] + 1, "end_at_ms": WHOLE["end_at_ms"] + 1}
    stranger = [signal(3, 1, problem=1, runs=RUNS, workload="job:1", task_key="other", **later)]
    with database.writing() as connection:
        apply(connection, log(2, problem=5), offline=True)
        others = [
            side_by_side(lambda connection: apply(connection, live(1, problem=0))),
            side_by_side(lambda connection: apply(connection, stranger)),
        ]
        wait_until(database, lambda waiting: waiting + sum(one.done() for one in others) >= len(others))
    for one in others:
        one.result(PATIENCE_S)
    assert counted(database) == (2 * RUNS, RUNS)


def test_two_agents_that_tell_of_one_log_take_it_out_once(database, side_by_side):
    """Two tasks whose spans both are those of the log: each finds its signals, and the sums lose them once."""
    with database.writing() as connection:
        apply(connection, log(2, problem=5), offline=True)
    with database.writing() as connection:
        apply(connection, live(1, problem=0))
        other = side_by_side(lambda connection: apply(connection, live(3, problem=1, task_key="other")))
        wait_until(database, lambda waiting: waiting or other.done())
    other.result(PATIENCE_S)
    assert counted(database) == (2 * RUNS, RUNS)


def test_two_agents_whose_logs_are_each_others_problems_wait_for_no_circle(database, side_by_side):
    """One stores its signals under the problem that the other takes a log's out of, and the other way round."""
    with database.writing() as connection:
        apply(connection, log(11, problem=1, workload="job:1"), offline=True)
        apply(connection, log(12, problem=2, workload="job:2"), offline=True)
    crossed = [
        [*live(1, problem=1, workload="job:2", task_key="")],
        [*live(2, problem=2, workload="job:1", task_key="")],
    ]
    with nobody_stores_signals(database):
        others = [side_by_side(lambda connection, some=some: apply(connection, some)) for some in crossed]
        wait_until(database, lambda waiting: waiting >= len(others))
    for one in others:
        one.result(PATIENCE_S)


def test_the_bill_and_a_batch_change_the_days_of_two_problems(database, side_by_side):
    """A batch goes to its own problem's day and then back to that of the log's, whose id is lower."""
    with database.writing() as connection:
        apply(connection, log(2, problem=5), offline=True)
        apply(connection, [signal(1, 1, problem=0, workload="job:1", task_key="load", end_at_ms=NOW_MS - 80_000)])
        connection.execute(problem_days.update().values(derived_low_microusd=1, derived_high_microusd=2))
    batch = [signal(1, 2, problem=0, runs=RUNS, workload="job:1", task_key="load", **WHOLE)]
    with nobody_stores_signals(database):
        storing = side_by_side(lambda connection: apply(connection, batch))
        wait_until(database, lambda waiting: waiting == 1)
        # Nothing is modeled any more: both days lose what they had of the bill.
        billing = side_by_side(lambda connection: write_exposure(connection, {}, NOW_MS // DAY_MS * DAY_MS))
        wait_until(database, lambda waiting: waiting == 2)
    storing.result(PATIENCE_S)
    billing.result(PATIENCE_S)


KINDS = range(3)
ORDERS = list(permutations(KINDS))


def batches_of_all_orders():
    """Agents tell of problems of the same kinds, each in an order of its own, and of themselves; logs told of every kind."""
    for agent, order in enumerate(ORDERS, 1):
        told = [one for kind in order for one in live(agent, problem=kind, workload=f"job:{kind}")]
        numbered = [one | {"sequence": number} for number, one in enumerate(told, 1)]
        yield [*numbered, agent_state(agent, len(numbered) + 1, compute=f"job:{agent}")], False
        logged = [
            one for kind in reversed(order) for one in log(100 + agent, problem=10 + kind, workload=f"job:{kind}")
        ]
        yield [one | {"sequence": number} for number, one in enumerate(logged, 1)], True


def test_batches_in_every_order_beside_logs_and_retention(database):
    """All begin at the same moment, and again: what is new in the first round is known in the second."""
    work = list(batches_of_all_orders())
    ready = threading.Barrier(6)

    def store(part):
        ready.wait(PATIENCE_S)
        for documents, offline in [*part, *part]:
            with database.writing() as connection:
                apply(connection, documents, offline=offline)

    def retain():
        ready.wait(PATIENCE_S)
        for _ in range(4):
            forget(database, NOW_MS, 30, 7)

    with database.engine.connect() as connection:
        before = connection.scalar(DEADLOCKS)
    with ThreadPoolExecutor(6) as pool:
        futures = [*(pool.submit(store, work[start::5]) for start in range(5)), pool.submit(retain)]
    for one in futures:
        one.result()
    with database.engine.connect() as connection:
        assert connection.scalar(DEADLOCKS) == before
    told = len(ORDERS) * len(KINDS) * RUNS
    assert counted(database) == (told, told)

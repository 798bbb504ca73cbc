"""One replica does a job at a time, a crashed one's lease ends, and a job that fails takes nothing with it."""

from __future__ import annotations

import threading
from datetime import datetime, timezone

from clusop.service.schedule.job import Job
from clusop.service.schedule.leases import is_free, rest_lease, take_lease
from clusop.service.schedule.renewing import LEASE_MS
from clusop.service.schedule.schedule import Schedule


class Clock:
    """A clock that a test moves."""

    def __init__(self):
        self.now_ms = 1_000_000

    def now_at(self):
        return datetime.fromtimestamp(self.now_ms / 1000, tz=timezone.utc)

    def monotonic_ms(self):
        return float(self.now_ms)


def test_a_lease_has_one_holder(database):
    with database.writing() as connection:
        assert is_free(connection, "job", 0)
        assert take_lease(connection, "job", "one", 0, 100)
        assert not take_lease(connection, "job", "two", 50, 150)
        assert take_lease(connection, "job", "one", 50, 150), "its holder renews it"
        assert not is_free(connection, "job", 149)
        assert take_lease(connection, "job", "two", 150, 250), "its time is over"
        rest_lease(connection, "job", "one", 9999)
        assert is_free(connection, "job", 250), "who lost it lets nothing go"
        rest_lease(connection, "job", "two", 300)
        assert not take_lease(connection, "job", "three", 299, 400)


def test_of_many_who_ask_at_once_one_gets_it(database):
    got, barrier = [], threading.Barrier(8)

    def ask(name):
        barrier.wait()
        with database.writing() as connection:
            if take_lease(connection, "job", name, 0, 100):
                got.append(name)

    threads = [threading.Thread(target=ask, args=(str(number),)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 1


def test_a_job_runs_once_an_interval_whoever_does_it(database):
    clock, ran = Clock(), []
    jobs = [Job("fine", 10_000, lambda _database, now_ms: ran.append(now_ms))]
    replicas = [Schedule(database, clock, jobs) for _ in range(3)]
    for _ in range(25):
        for replica in replicas:
            replica.run_due()
        clock.now_ms += 1000
    assert ran == [1_000_000, 1_010_000, 1_020_000]


def test_a_job_that_fails_comes_again_and_keeps_no_other_from_running(database):
    clock, ran = Clock(), []

    def fail(_database, _now_ms):
        raise ValueError("on purpose")

    schedule = Schedule(database, clock, [Job("bad", 1000, fail), Job("good", 1000, lambda *_: ran.append(1))])
    assert schedule.run_due() == ["bad", "good"]
    clock.now_ms += 1000
    assert schedule.run_due() == ["bad", "good"]
    assert ran == [1, 1]


def test_what_a_crashed_replica_was_doing_is_done_again(database):
    clock, ran = Clock(), []
    with database.writing() as connection:
        take_lease(connection, "job", "crashed", clock.now_ms, clock.now_ms + LEASE_MS)
    schedule = Schedule(database, clock, [Job("job", 1000, lambda *_: ran.append(1))])
    assert schedule.run_due() == []
    clock.now_ms += LEASE_MS
    assert schedule.run_due() == ["job"]

"""A transaction that PostgreSQL broke up is done again, whole and a bounded number of times; one that failed otherwise is not.

Deadlocks here are real: two connections, each of which waits for a row of the other's.
"""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timezone

import pytest
from ingest_samples import NOW_MS, line, signal
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from clusop.service.ingest.batch import batch_of
from clusop.service.ingest.collect import collect_file
from clusop.service.ingest.limits import Limits
from clusop.service.ingest.recount import differences
from clusop.service.ingest.writer import Writer
from clusop.service.problems.owner_policy import OwnerPolicy
from clusop.service.problems.owners import assign_some
from clusop.service.schedule.job import Job
from clusop.service.schedule.schedule import Schedule
from clusop.service.store.again import MOST_TRIES, LostRaceError
from clusop.service.store.facts import claim, count_up, counts
from clusop.service.store.tables.access import collected_files
from clusop.service.store.tables.agents import agents
from clusop.service.store.tables.delivery import deliveries
from clusop.service.store.tables.problems import problem_events, problems, signals
from clusop.service.teams.outbox import tidy

on_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
PATIENCE_S = 60


class Clock:
    def now_at(self):
        return datetime.fromtimestamp(NOW_MS / 1000, tz=timezone.utc)

    def monotonic_ms(self):
        return float(NOW_MS)


@on_postgresql
def test_of_two_in_a_circle_both_are_done_once(database):
    """Each counts up its own row, and then the other's: one is broken up, and all it did is done again."""
    with database.writing() as connection:
        count_up(connection, {"a": 10, "b": 100})
    met = threading.Barrier(2)
    tries = {"a": 0, "b": 0}

    def work(first, second):
        def once(connection):
            tries[first] += 1
            count_up(connection, {first: 1})
            if tries[first] == 1:
                met.wait(PATIENCE_S)
            count_up(connection, {second: 1})
            return tries[first]

        return database.write(once)

    with ThreadPoolExecutor(2) as pool:
        done = [pool.submit(work, "a", "b"), pool.submit(work, "b", "a")]
        assert sorted(one.result(PATIENCE_S) for one in done) == [1, 2], "PostgreSQL broke one of them up"
    with database.reading() as connection:
        assert counts(connection) == {"a": 12, "b": 102}


@on_postgresql
def test_one_whose_view_is_too_old_is_done_again(database):
    with database.writing() as connection:
        count_up(connection, {"a": 1})
    seen = []

    def work(connection):
        connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
        seen.append(counts(connection)["a"])
        if len(seen) == 1:
            with database.engine.begin() as other:
                count_up(other, {"a": 5})
        count_up(connection, {"a": 1})

    database.write(work)
    assert seen == [1, 6]
    with database.reading() as connection:
        assert counts(connection) == {"a": 7}


@on_postgresql
@pytest.mark.parametrize("state", ["40001", "40P01"])
def test_there_is_an_end_to_it(database, state):
    tries = []

    def work(connection):
        tries.append(1)
        count_up(connection, {"a": 1})
        connection.execute(text(f"DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '{state}'; END $$"))

    with pytest.raises(DBAPIError) as fault:
        database.write(work)
    assert fault.value.orig.sqlstate == state
    assert len(tries) == MOST_TRIES
    with database.reading() as connection:
        assert counts(connection) == {}, "a try that failed leaves nothing"


def test_a_row_that_went_away_meanwhile_is_looked_for_again(database):
    tries = []

    def work(connection):
        count_up(connection, {"a": 1})
        tries.append(1)
        if len(tries) < MOST_TRIES:
            raise LostRaceError
        return "done"

    assert database.write(work) == "done"
    with database.reading() as connection:
        assert counts(connection) == {"a": 1}


def test_another_fault_is_the_callers_at_once(database):
    tries = []

    def work(connection):
        tries.append(1)
        claim(connection, "a")
        connection.execute(text("INSERT INTO facts (name, value, count) VALUES ('a', '', 0)"))

    with pytest.raises(IntegrityError):
        database.write(work)
    assert tries == [1]


BEFORE = [signal(1, number, problem=number) for number in (1, 2, 3)]
RECORDS = [signal(1, 2 + number, problem=number, end_at_ms=NOW_MS - 50_000) for number in (2, 3)]


def stored(database, documents):
    writer = Writer(database, Clock(), Limits())
    writer.start()
    try:
        return writer.submit(batch_of([line(one) for one in documents])).result(PATIENCE_S)
    finally:
        writer.stop()


def by_writer(database, _folder):
    assert stored(database, RECORDS).accepted == len(RECORDS)


def by_file(database, folder):
    path = folder / f"clusop-{RECORDS[0]['agent']}-4-5.jsonl"
    path.write_bytes(b"".join(line(one) + b"\n" for one in RECORDS))
    found = collect_file(database, path, NOW_MS, Limits())
    assert (found.outcome, found.receipt.accepted) == ("taken", len(RECORDS))
    assert collect_file(database, path, NOW_MS, Limits()).outcome == "known"


def by_job(database, _folder):
    """The fault of a job is in the log: here what it did tells whether it had one."""
    job = Job("owners", 1000, lambda opened, now_ms: opened.write(lambda one: assign_some(one, OwnerPolicy(), now_ms)))
    assert Schedule(database, Clock(), [job]).run_due() == ["owners"]


def by_outbox(database, _folder):
    assert tidy(database, [], Clock()) == {"unconfirmed": 0, "dead": 3}


class Circle:
    """Three rows that a unit of work locks one after the other: ``first``, and two of ``table``. Somebody holds the third and
    then wants the first, before the unit is let through to the third: so PostgreSQL breaks up the unit, which waits last.
    """

    def __init__(self, database, first, table):
        self.database = database
        self.first = select(first.c.id).where(first.c.id == 1).with_for_update()
        self.second, self.third = (
            select(table.c.id).where(table.c.id == number).with_for_update() for number in (2, 3)
        )

    def closed_around(self, unit):
        with ThreadPoolExecutor(2) as pool, self.database.engine.begin() as gate:
            gate.execute(self.second)
            holds = threading.Event()
            unit_waits = threading.Event()
            other = pool.submit(self._other, holds, unit_waits)
            assert holds.wait(PATIENCE_S)
            done = pool.submit(unit)
            self._until_waiting(gate, 1)
            unit_waits.set()
            self._until_waiting(gate, 2)
            gate.rollback()
            other.result(PATIENCE_S)
            done.result(PATIENCE_S)

    def _other(self, holds, unit_waits):
        with self.database.engine.begin() as connection:
            # Never looks for a circle, so that it is the unit which does.
            connection.execute(text("SET LOCAL deadlock_timeout = '10min'"))
            connection.execute(self.third)
            holds.set()
            assert unit_waits.wait(PATIENCE_S)
            connection.execute(self.first)

    @staticmethod
    def _until_waiting(connection, count):
        until_s = time.monotonic() + PATIENCE_S
        while connection.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")) != count:
            assert time.monotonic() < until_s, "nobody waits as expected"
            time.sleep(0.01)


@pytest.fixture
def broken_up(database):
    """How many deadlocks PostgreSQL counts in this database, once it has written down what it counted."""

    def count(least):
        until_s = time.monotonic() + PATIENCE_S
        asked = text("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            while (found := connection.scalar(asked)) < least and time.monotonic() < until_s:
                time.sleep(0.01)
        return found

    return count


@on_postgresql
@pytest.mark.parametrize(
    ("unit", "rows"),
    [
        (by_writer, (agents, problems)),
        (by_file, (agents, problems)),
        (by_job, (problems, problems)),
        (by_outbox, (deliveries, deliveries)),
    ],
)
def test_what_the_service_writes_is_there_once_though_it_was_broken_up(database, tmp_path, broken_up, unit, rows):
    stored(database, BEFORE)
    with database.writing() as connection:
        connection.execute(problems.update().values(owner="somebody", owner_source="rule"))
        message = {
            "channel": "gone",
            "team": "",
            "kind": "card",
            "created_at_ms": 1,
            "due_at_ms": 1,
            "body": "{}",
            "facts": "{}",
        }
        connection.execute(deliveries.insert(), [message] * 3)
    Circle(database, *rows).closed_around(lambda: unit(database, tmp_path))
    assert broken_up(1) == 1
    with database.reading() as connection:
        assert differences(connection) == []
        is_ingest = unit in {by_writer, by_file}
        count = select(func.count()).select_from
        assert connection.scalar(count(signals)) == len(BEFORE) + (len(RECORDS) if is_ingest else 0)
        assert connection.scalar(count(collected_files)) == (unit is by_file)
        told = select(func.count()).where(problem_events.c.kind == "owner")
        assert connection.scalar(told) == (len(BEFORE) if unit is by_job else 0)
        owners = set(connection.execute(select(problems.c.owner)).scalars())
        assert owners == ({""} if unit is by_job else {"somebody"})
        states = set(connection.execute(select(deliveries.c.state)).scalars())
        assert states == ({"dead"} if unit is by_outbox else {"pending"})

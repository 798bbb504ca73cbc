"""What changes what pages add up makes their kept answers old, whatever kind of statement it is; nothing else does."""

from __future__ import annotations

import pytest
from ingest_samples import NOW_MS, agent_state, line, signal, usage_hour
from sqlalchemy import delete, insert, update

from clusop.service.actor import Actor
from clusop.service.ingest.apply import apply_batches
from clusop.service.ingest.batch import batch_of
from clusop.service.ingest.limits import Limits
from clusop.service.problems.lifecycle import Change, change
from clusop.service.schedule.leases import take_lease
from clusop.service.store.changes import change_count
from clusop.service.store.tables.delivery import deliveries
from clusop.service.store.tables.money import reconciliations
from clusop.service.store.tables.problems import problems


def told(*documents):
    def ingested(connection):
        apply_batches(connection, [batch_of([line(one) for one in documents])], NOW_MS, Limits())

    return ingested


def counted(database):
    with database.reading() as connection:
        return change_count(connection)


def acknowledged(connection):
    wanted = Change("acknowledge", "It is known.", "open")
    assert change(connection, 1, wanted, Actor("ann", "person"), NOW_MS) is None


CHANGES = {
    "another signal": told(signal(sequence=2)),
    "a state and no signal": told(agent_state(sequence=3)),
    "an hour and no signal": told(usage_hour(sequence=4)),
    "a person": acknowledged,
    "a reading that ends": lambda connection: connection.execute(update(reconciliations).values(outcome="done")),
    "a message": lambda connection: connection.execute(
        insert(deliveries).values(channel="team", team="a", kind="card", created_at_ms=NOW_MS, due_at_ms=NOW_MS)
    ),
    "a row that goes": lambda connection: connection.execute(delete(reconciliations)),
}
NO_CHANGES = {
    "the same signal again": told(signal()),
    "an update that finds nothing": lambda connection: connection.execute(
        update(problems).where(problems.c.id == 99).values(team="x")
    ),
    "a lease": lambda connection: take_lease(connection, "outbox", "one", NOW_MS, NOW_MS + 1),
}


def interrupted(database):
    with database.writing() as connection:
        CHANGES["another signal"](connection)
        raise InterruptedError


@pytest.fixture
def filled(database):
    with database.writing() as connection:
        told(signal())(connection)
        connection.execute(reconciliations.insert().values(started_at_ms=1, outcome="running"))
    return database


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_counted_once(filled, name):
    before = counted(filled)
    with filled.writing() as connection:
        CHANGES[name](connection)
        assert change_count(connection) == before
    assert counted(filled) == before + 1


@pytest.mark.parametrize("name", NO_CHANGES)
def test_what_changes_nothing_is_not_counted(filled, name):
    before = counted(filled)
    with filled.writing() as connection:
        NO_CHANGES[name](connection)
    assert counted(filled) == before


def test_what_is_taken_back_is_not_counted_nor_does_it_count_for_the_next(filled):
    before = counted(filled)
    with pytest.raises(InterruptedError):
        interrupted(filled)
    with filled.writing() as connection:
        NO_CHANGES["a lease"](connection)
    assert counted(filled) == before


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_lower_id_that_is_committed_after_a_higher_one_is_counted(filled):
    with filled.writing() as slow:
        slow.execute(reconciliations.insert().values(started_at_ms=2))
        with filled.writing() as quick:
            quick.execute(reconciliations.insert().values(started_at_ms=3))
        before = counted(filled)
    assert counted(filled) == before + 1

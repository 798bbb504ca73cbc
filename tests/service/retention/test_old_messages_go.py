"""Messages past the horizon go once nothing more is made of them; on both databases."""

from __future__ import annotations

import pytest
from ingest_samples import DAY_MS, NOW_MS
from sqlalchemy import insert, select, text

from clusop.service.retention.old_messages import forget_messages
from clusop.service.retention.retention import forget
from clusop.service.store.tables.delivery import deliveries
from clusop.service.store.tables.problems import problems
from clusop.service.suppression.gather import told_so_far
from clusop.service.suppression.policy import Policy
from clusop.service.views.deliveries import channel_lines

RETAIN = 40
LATER_MS = NOW_MS + 50 * DAY_MS


@pytest.fixture
def put(database):
    """A function that stores messages, settled as they were written; their ids."""

    def store(state, at_ms=NOW_MS, many=1, **columns):
        row = {"channel": "all", "team": "pricing", "kind": "card", "created_at_ms": at_ms, "state": state}
        row |= {"settled_at_ms": None if state in {"pending", "sending"} else at_ms, "due_at_ms": at_ms, "body": "{}"}
        with database.writing() as connection:
            made = [connection.execute(insert(deliveries).values(row | columns)) for _ in range(many)]
        return [one.inserted_primary_key[0] for one in made]

    return store


@pytest.fixture
def left(database):
    """A function that reads the ids that are left."""

    def read():
        with database.reading() as connection:
            return connection.execute(select(deliveries.c.id).order_by(deliveries.c.id)).scalars().all()

    return read


def test_what_is_final_and_told_goes_and_what_is_young_stays(database, put, left):
    put("accepted", many=1100)
    for state in ("dead", "unconfirmed", "withdrawn"):
        put(state, many=3)
    put("accepted", NOW_MS + DAY_MS, kind="digest")
    young = [
        *(put(state, LATER_MS - 5 * DAY_MS)[0] for state in ("accepted", "dead", "unconfirmed", "withdrawn")),
        *put("accepted", LATER_MS - 4 * DAY_MS, kind="digest"),
    ]
    forget(database, LATER_MS, RETAIN, 7)
    assert left() == young
    forget(database, LATER_MS, RETAIN, 7)
    assert left() == young


def test_what_waits_stays_whatever_its_age(database, put, left):
    waits = [*put("pending"), *put("sending")]
    put("accepted")
    newest = put("accepted", LATER_MS)
    forget(database, LATER_MS, RETAIN, 7)
    assert left() == [*waits, *newest]


def test_what_no_digest_told_yet_stays_for_the_next(database, put, left):
    told = put("unconfirmed"), put("dead")
    digest = put("accepted", NOW_MS + 1000, kind="digest")
    # Written in the moment of the digest, or after it, or for another team: the next digest tells of it.
    untold = [
        *put("unconfirmed", NOW_MS + 1000), *put("dead", NOW_MS + 2000), *put("unconfirmed", team="risk", many=2)
    ]  # fmt: skip
    # A digest that did not arrive told nobody anything.
    lost = put("dead", NOW_MS + 3000, kind="digest")
    newest = [put(state, LATER_MS)[0] for state in ("accepted", "dead", "unconfirmed")]
    forget(database, LATER_MS, RETAIN, 7)
    assert left() == [*digest, *untold, *lost, *newest]
    assert not {one for ids in told for one in ids} & set(left())


def test_of_a_channel_whose_digests_do_not_arrive_the_dead_are_bounded(database, put, left):
    put("dead", many=700)
    forget(database, LATER_MS, RETAIN, 7)
    assert left() == list(range(600, 701))


def test_the_last_digest_that_arrived_stays_so_that_the_next_begins_where_it_ended(database, put, left):
    put("accepted", kind="digest")
    last = put("accepted", NOW_MS + DAY_MS, kind="digest")
    other = put("accepted", kind="digest", team="risk")
    newest = [*put("accepted", LATER_MS), *put("pending", LATER_MS, kind="digest")]
    forget(database, LATER_MS, RETAIN, 7)
    assert left() == [*last, *other, *newest]


def test_pages_tell_of_a_quiet_channel_what_they_told_before(database, put):
    put("unconfirmed", sentence="who knows", attempt_count=1)
    put("accepted", NOW_MS + 1000, many=3)
    with database.reading() as connection:
        before = channel_lines(connection)[0]
    assert not before.is_broken
    forget(database, LATER_MS, RETAIN, 7)
    with database.reading() as connection:
        after = channel_lines(connection)[0]
    assert (after.last_accepted_at_ms, after.last_fault_at_ms, after.is_broken) == (NOW_MS + 1000, NOW_MS, False)
    assert after.states == {"accepted": 1, "unconfirmed": 1}


@pytest.mark.parametrize(("cooldown_days", "is_kept"), [(7, False), (60, True)])
def test_a_cooldown_longer_than_the_retention_is_still_kept_to(database, put, left, cooldown_days, is_kept):
    with database.writing() as connection:
        problem = connection.execute(insert(problems).values(workspace="1", signature="b" * 32)).inserted_primary_key[0]
    card = put("accepted", problem_id=problem)
    put("accepted", LATER_MS, channel="all")
    forget_messages(database, LATER_MS - RETAIN * DAY_MS, LATER_MS, cooldown_days)
    assert set(card) <= set(left()) if is_kept else not set(card) & set(left())
    with database.reading() as connection:
        told = told_so_far(connection, Policy(cooldown_days=cooldown_days), LATER_MS)
    assert told.last_at_ms == ({(problem, "all"): NOW_MS} if is_kept else {})


def test_a_pass_the_outbox_and_retention_find_messages_by_an_index(database):
    """Each minute: of a hundred thousand messages a few are asked for."""
    with database.writing() as connection:
        row = {"channel": "all", "team": "pricing", "kind": "card", "state": "accepted", "body": "x" * 200}
        connection.execute(
            insert(deliveries),
            [row | {"created_at_ms": at, "settled_at_ms": at, "sending_since_at_ms": at} for at in range(20_000)],
        )
        if not database.is_sqlite:
            connection.execute(text("ANALYZE deliveries"))
    explain = "EXPLAIN QUERY PLAN " if database.is_sqlite else "EXPLAIN "
    asked = {
        "SELECT id FROM deliveries WHERE kind = 'card' AND created_at_ms > 19990": "ix_deliveries_kind_created_at_ms",
        "SELECT id FROM deliveries WHERE state = 'dead' AND settled_at_ms > 19990": "ix_deliveries_state_settled_at_ms",
        "SELECT max(sending_since_at_ms) FROM deliveries WHERE channel IN ('all') AND sending_since_at_ms <= 19999":
            "ix_deliveries_channel_sending_since_at_ms",
    }  # fmt: skip
    with database.reading() as connection:
        for query, index in asked.items():
            plan = str(connection.execute(text(explain + query)).all())
            assert index in plan, plan

"""What is read in one go is of one state, whoever commits between two of its queries; and nobody writes where one reads."""

from __future__ import annotations

import csv
import io
from contextlib import contextmanager

import pytest
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError

from clusop.service.actor import Actor
from clusop.service.problems.lifecycle import Change, change
from clusop.service.store.facts import count_up, counts
from clusop.service.store.tables.problems import problems

STEP = 500
SOMEBODY = Actor("somebody-else", "person")


@contextmanager
def written_after(database, words, work):
    """``work`` is committed right after the first statement with these words, before the next one."""
    waiting = [work]

    def executed(_connection, _cursor, statement, *_more):
        if waiting and words in statement:
            database.write(waiting.pop())

    event.listen(database.engine, "after_cursor_execute", executed)
    try:
        yield
    finally:
        event.remove(database.engine, "after_cursor_execute", executed)
    assert not waiting, "nobody asked so"


def test_a_reader_sees_what_was_there_when_it_looked_first(database):
    with database.reading() as connection:
        assert counts(connection) == {}
        database.write(lambda other: count_up(other, {"a": 1}))
        assert counts(connection) == {}
    with database.reading() as connection:
        assert counts(connection) == {"a": 1}


def test_nobody_writes_over_a_connection_that_reads(database):
    refused = "readonly database" if database.is_sqlite else "read-only transaction"
    with pytest.raises(DBAPIError, match=refused), database.reading() as connection:
        count_up(connection, {"a": 1})
    # The same connection, back from the pool, writes as ever.
    database.write(lambda connection: count_up(connection, {"a": 1}))


def test_a_page_does_not_tell_of_what_happened_while_it_was_made(database, admin, store, clock):
    (problem_id,) = store({})
    seen = Change("acknowledge", "It is being mended.", "open")

    def acknowledge(connection):
        assert change(connection, problem_id, seen, SOMEBODY, clock.now_ms) is None

    with written_after(database, "FROM problems", acknowledge):
        page = admin.get(f"/problems/{problem_id}").text
    assert SOMEBODY.name not in page, "neither in its state nor in its history"
    page = admin.get(f"/problems/{problem_id}").text
    assert page.count(SOMEBODY.name) > 1, "in both"


@pytest.mark.parametrize("form", ["csv", "json"])
def test_an_export_of_many_steps_is_of_one_state(database, admin, store, form):
    store(*({"team": "before"} for _ in range(STEP + 1)))

    def rename(connection):
        connection.execute(problems.update().values(team="after"))

    with written_after(database, "FROM problems", rename):
        answer = admin.get(f"/v1/export/problems.{form}")
    rows = answer.json() if form == "json" else list(csv.DictReader(io.StringIO(answer.text)))
    assert [row["team"] for row in rows] == ["before"] * (STEP + 1)

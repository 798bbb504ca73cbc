"""Costly answers are kept while nothing changed, and never for long."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from clusop.service.store.database import open_database
from clusop.service.store.migrate import migrate
from clusop.service.store.tables.money import reconciliations
from clusop.service.views.kept import Kept


class Hands:
    """A clock that is moved by hand."""

    ms = 0.0

    def now_at(self) -> datetime:
        return datetime(2026, 1, 1, tzinfo=timezone.utc)

    def monotonic_ms(self) -> float:
        return self.ms


@pytest.fixture
def database(tmp_path):
    opened = open_database(f"sqlite:///{tmp_path / 'clusop.db'}")
    migrate(opened)
    yield opened
    opened.close()


class Question:
    """Takes ``cost_ms`` and counts how often it was asked."""

    def __init__(self, clock: Hands, cost_ms: float) -> None:
        self.clock, self.cost_ms, self.asked = clock, cost_ms, 0

    def __call__(self) -> int:
        self.asked += 1
        self.clock.ms += self.cost_ms
        return self.asked


def ask(database, kept, question):
    with database.reading() as connection:
        return kept.ask(connection, "key", question)


def change(database):
    with database.writing() as connection:
        connection.execute(reconciliations.insert().values(started_at_ms=1))


def test_nothing_is_asked_twice_while_nothing_changes(database):
    clock = Hands()
    kept, question = Kept(clock), Question(clock, 500)
    assert ask(database, kept, question) == 1
    clock.ms += 10**9
    assert ask(database, kept, question) == 1


def test_a_quick_answer_is_never_older_than_the_data(database):
    clock = Hands()
    kept, question = Kept(clock), Question(clock, 5)
    ask(database, kept, question)
    change(database)
    assert ask(database, kept, question) == 2


def test_a_slow_answer_may_be_thirty_times_as_old_as_it_took_but_half_a_minute_at_most(database):
    clock = Hands()
    kept, question = Kept(clock), Question(clock, 100)
    ask(database, kept, question)
    change(database)
    clock.ms += 2_900
    assert ask(database, kept, question) == 1
    clock.ms += 200
    assert ask(database, kept, question) == 2
    slow = Question(clock, 10_000)
    kept = Kept(clock)
    ask(database, kept, slow)
    change(database)
    clock.ms += 29_000
    assert ask(database, kept, slow) == 1
    clock.ms += 2_000
    assert ask(database, kept, slow) == 2


def test_what_failed_is_not_kept(database):
    clock = Hands()
    kept = Kept(clock)

    def fails() -> int:
        raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        ask(database, kept, fails)
    assert ask(database, kept, Question(clock, 1)) == 1

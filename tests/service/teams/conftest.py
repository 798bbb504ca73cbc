"""A receiver, channels that lead to it, a clock that only moves when it is told, and messages to send."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select

from clusop.service.store.tables.delivery import deliveries
from clusop.service.teams.channels import read_channels

sys.path[:0] = [
    str(Path(__file__).resolve().parents[3] / "harness"),
    str(Path(__file__).resolve().parents[2] / "unit" / "service" / "teams"),
]

NOW_MS = 1_795_435_200_000


class HandClock:
    """A clock that stands still; ``pause`` moves it on."""

    def __init__(self, now_ms: int = NOW_MS) -> None:
        self.now_ms = now_ms
        self.pauses: list[float] = []

    def now_at(self) -> datetime:
        return datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(milliseconds=self.now_ms)

    def monotonic_ms(self) -> float:
        return float(self.now_ms)

    def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now_ms += round(seconds * 1000)


@dataclass(frozen=True)
class Box:
    """An outbox with all around it."""

    database: Any
    database_url: str
    channel: Any
    channel_to: Any
    clock: HandClock
    waiting: Any
    rows: Any
    teams: Any


@pytest.fixture
def clock():
    return HandClock()


@pytest.fixture
def teams():
    from fake_teams import FakeTeams

    with FakeTeams() as running:
        yield running


@pytest.fixture
def channel_to(monkeypatch):
    """A function that makes a channel to an address."""

    def make(address: str, name: str = "pricing", **more):
        monkeypatch.setenv(f"URL_OF_{name.upper()}", address)
        told = {"name": name, "url": f"env:URL_OF_{name.upper()}", "http_on_loopback": True, **more}
        return read_channels([told])[0]

    return make


@pytest.fixture
def channel(teams, channel_to):
    return channel_to(teams.url)


@pytest.fixture
def waiting(database):
    """A function that puts messages into the outbox; their ids."""
    from card_samples import priced

    from clusop.service.teams.envelope import wire
    from clusop.service.teams.problem_card import problem_card

    body = wire(problem_card(priced()))

    def put(many: int = 1, **columns) -> list[int]:
        row = {"channel": "pricing", "team": "pricing", "kind": "card", "created_at_ms": NOW_MS, "due_at_ms": NOW_MS}
        with database.writing() as connection:
            made = [connection.execute(insert(deliveries).values(row | {"body": body} | columns)) for _ in range(many)]
            return [one.inserted_primary_key[0] for one in made]

    return put


@pytest.fixture
def rows(database):
    """A function that reads the outbox, oldest first."""

    def read():
        with database.reading() as connection:
            return connection.execute(select(deliveries).order_by(deliveries.c.id)).all()

    return read


@pytest.fixture
def around(channel, channel_to, clock, teams):
    return {"channel": channel, "channel_to": channel_to, "clock": clock, "teams": teams}


@pytest.fixture
def box(database, database_url, around, waiting, rows):
    return Box(database=database, database_url=database_url, waiting=waiting, rows=rows, **around)

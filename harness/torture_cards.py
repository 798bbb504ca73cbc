"""Messages under torture: an outbox full of them, receivers that are slow, refuse or go silent, and senders killed with -9."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import insert, select

from clusop.service.store.database import open_database
from clusop.service.store.tables.delivery import deliveries
from clusop.service.teams.settled import LEASE_MS, recover
from fake_teams import Behaviour, FakeTeams

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from typing_extensions import Self

__all__ = ["Cards"]

_SENDER = """
import sys, time
from sqlalchemy.exc import DBAPIError
from clusop.clock import SystemClock
from clusop.service.store.database import open_database
from clusop.service.teams.channels import read_channels
from clusop.service.teams.outbox import send_due

names = sys.argv[2:]
channels = read_channels([{"name": one, "url": "env:" + one, "http_on_loopback": True} for one in names])
database = open_database(sys.argv[1])
while True:
    try:
        send_due(database, channels, SystemClock())
    except DBAPIError:
        # The database was killed: what was on its way belongs to nobody now.
        pass
    time.sleep(0.05)
"""
# Half the requests are taken as they should be; the others meet what webhooks do on a bad day.
_MOODS = (
    *(Behaviour(),) * 3,
    Behaviour(wait_s=0.7),
    Behaviour("cut", times=1),
    Behaviour("drop", times=1),
    Behaviour("status", status=500, times=1),
    Behaviour("status", status=429, headers=(("Retry-After", "1"),), times=1),
)
_MOOD_S = 0.4
# Not at once: whoever is asked to wait waits half a minute.
_PATIENT_MOODS = 10
_WAIT_S, _PAUSE_S = 60.0, 0.1
_SENDERS = 2
_FAULT = 500
_TEAM = "torture"


@dataclass
class Cards:
    """``count`` cards for each of some receivers. A context: within it they are on their way."""

    database: str
    folder: Path
    count: int
    receivers: int = 2
    seed: int = 1
    _teams: list[FakeTeams] = field(default_factory=list)
    _senders: list[subprocess.Popen[bytes]] = field(default_factory=list)
    _over: threading.Event = field(default_factory=threading.Event)
    _mood: threading.Thread | None = None

    @property
    def environ(self) -> Mapping[str, str]:
        """The receivers' addresses, by the names of their channels."""
        return {self._name(number): teams.url for number, teams in enumerate(self._teams)}

    def config(self) -> Path:
        """Settings for a service that sends to the same channels; its gate lets through what it does by default."""
        path = self.folder / "clusop.yaml"
        channels = [{"name": name, "url": f"env:{name}", "http_on_loopback": True} for name in self.environ]
        path.write_text(json.dumps({"channels": channels}), encoding="utf-8")
        return path

    def __enter__(self) -> Self:
        """Receivers listen; nothing is sent yet."""
        self._teams = [FakeTeams().start() for _ in range(self.receivers)]
        self._mood = threading.Thread(target=self._swing)
        self._mood.start()
        return self

    def begin(self) -> None:
        """Put the cards into the outbox, which must be there, and start senders that know nothing of each other."""
        database = open_database(self.database)
        rows = [
            {"channel": name, "team": _TEAM, "kind": "card", "body": _card(f"{name} {number}"), "created_at_ms": 0}
            for name in self.environ
            for number in range(self.count)
        ]
        with database.writing() as connection:
            connection.execute(insert(deliveries), [row | {"due_at_ms": 0} for row in rows])
        database.close()
        self._senders = [self._sender() for _ in range(_SENDERS)]

    def kill_sender(self, chance: random.Random) -> None:
        """As ``kill -9``; another takes its place."""
        if self._senders:
            gone = self._senders.pop(chance.randrange(len(self._senders)))
            gone.kill()
            gone.wait()
            self._senders.append(self._sender())

    def wait_for_some(self) -> None:
        """Where all else was over too soon: until some cards were taken, a minute at most."""
        ends_s = time.monotonic() + _WAIT_S
        while sum(len(teams.taken) for teams in self._teams) < self.receivers and time.monotonic() < ends_s:
            time.sleep(_PAUSE_S)

    def __exit__(self, *_error: object) -> None:
        """All senders are gone, and the receivers too."""
        for sender in self._senders:
            sender.kill()
            sender.wait()
        self._senders = []
        self._over.set()
        if self._mood is not None:
            self._mood.join()
        for teams in self._teams:
            teams.close()

    def faults(self) -> list[str]:
        """What did not hold, once nobody sends any more: a card taken twice, or one whose state is not what happened to it."""
        database = open_database(self.database)
        with database.writing() as connection:
            # As a service does when the lease of a sender that was killed is over.
            latest_ms = max(connection.scalars(select(deliveries.c.sending_since_at_ms)), key=lambda one: one or 0) or 0
            recover(connection, latest_ms + LEASE_MS)
            columns = (deliveries.c.channel, deliveries.c.created_at_ms, deliveries.c.body, deliveries.c.state)
            rows = connection.execute(select(*columns)).all()
        database.close()
        taken, unclear = self._answered()
        states = Counter(row.state for row in rows)
        told = ", ".join(f"{many} {state}" for state, many in sorted(states.items()))
        print(f"  cards: {told}; {sum(taken.values())} taken", flush=True)
        found: list[str] = []
        for row in rows:
            card = (row.channel, row.body)
            if taken[card] + unclear[card] > 1:
                found.append(f"a card was taken {taken[card]} times and answered with a fault {unclear[card]} times")
            if row.state == "accepted" and taken[card] != 1:
                found.append(f"a card is accepted and was taken {taken[card]} times")
            if row.state in {"pending", "dead"} and taken[card]:
                found.append(f"a card is {row.state} and was taken")
            if row.state == "sending":
                found.append("a card is still on its way, and nobody sends it")
        # The service writes some of its own, and tells in digests of what is unconfirmed.
        ours = sum(row.created_at_ms == 0 for row in rows)
        if ours != self.count * self.receivers:
            found.append(f"{ours} cards of {self.count * self.receivers} are there")
        if not taken:
            found.append("no card was taken at all: nothing is proven")
        return found

    def _answered(self) -> tuple[Counter[tuple[str, str]], Counter[tuple[str, str]]]:
        """How often each card was taken, by channel and body; and how often it was answered with 500, when it may have been."""
        taken: Counter[tuple[str, str]] = Counter()
        unclear: Counter[tuple[str, str]] = Counter()
        for name, teams in zip(self.environ, self._teams, strict=True):
            taken.update((name, got.body.decode()) for got in teams.taken)
            unclear.update((name, got.body.decode()) for got in teams.got if got.status >= _FAULT)
        return taken, unclear

    def _name(self, number: int) -> str:
        return f"CARDS_{number}"

    def _sender(self) -> subprocess.Popen[bytes]:
        with (self.folder / "senders.log").open("a", encoding="utf-8") as log:
            return subprocess.Popen(
                [sys.executable, "-c", _SENDER, self.database, *self.environ],
                env={**os.environ, **self.environ},
                stdout=log,
                stderr=log,
            )

    def _swing(self) -> None:
        chance = random.Random(self.seed)
        count = 0
        while not self._over.wait(_MOOD_S):
            count += 1
            chance.choice(self._teams).behave(chance.choice(_MOODS if count > _PATIENT_MOODS else _MOODS[:-1]))


def _card(text: str) -> str:
    content = {"type": "AdaptiveCard", "version": "1.5", "body": [{"type": "TextBlock", "text": text}]}
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "content": content}
    return json.dumps({"type": "message", "attachments": [attachment]})

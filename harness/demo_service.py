"""The service half of the demo: ``clusop serve`` with a SQLite file and a stand-in for Teams, both on the loopback.

The script's agent sends to it as it would from a cluster: over HTTP, with a token from a file. The gate is set so low that one
run is worth a card. Everything lies below one folder.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from sqlalchemy import select

from clusop.analysis.records import AgentState, Signal, read_record
from clusop.analysis.records.envelope import VERSION
from clusop.service.store.database import open_database
from clusop.service.store.tables.agents import agents
from clusop.service.store.tables.problems import signals
from fake_teams import FakeTeams
from live_signals import Left

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path
    from types import TracebackType

    from typing_extensions import Self

__all__ = ["DemoService", "config_text"]

_START_S = 60
_ARRIVE_S = 60
_CARD_S = 90
_LOOK_S = 0.5


_CHANNEL = """channels:
  - name: demo
    kind: teams
    url: env:CLUSOP_DEMO_WEBHOOK
    http_on_loopback: true
"""
_GATE = """gate:
  min_usd_per_30_days: 0
  min_recommendation: 0
  min_days: 1
  min_runs: 1
  cards_per_team_and_day: 3
  unpriced: {min_core_hours_per_30_days: 0, min_time_share: 0}
"""


def config_text(*, has_channel: bool = True) -> str:
    """The settings' file: a gate that lets a single run of a few seconds through, and the one channel."""
    told = "# Made by make demo. A real gate is stricter: docs/modes/teams.md.\n"
    return told + (_CHANNEL if has_channel else "") + _GATE


@dataclass(slots=True)
class DemoService:
    """A running service, as a context. ``url`` is its page, ``admin_token`` the password for it."""

    folder: Path
    environment: Mapping[str, str]
    url: str = ""
    admin_token: str = ""
    _process: subprocess.Popen[str] | None = None
    _teams: FakeTeams | None = None

    @property
    def database(self) -> str:
        """The database's address."""
        return f"sqlite:///{self.folder / 'clusop.db'}"

    @property
    def token_file(self) -> Path:
        """Where the agent finds its token."""
        return self.folder / "ingest-token"

    @property
    def config(self) -> Path:
        """The settings' file."""
        return self.folder / "clusop.yaml"

    @property
    def messages(self) -> list[Path]:
        """The messages that the stand-in for Teams took, as they came."""
        return sorted((self.folder / "teams").glob("message-*-202.json"))

    def command(self, port: int, config: Path | None = None) -> list[str]:
        """What starts it."""
        serve = [sys.executable, "-m", "clusop", "serve", "--port", str(port), "--data", str(self.folder)]
        return [*serve, "--database", self.database, "--config", str(config or self.config)]

    def again(self) -> list[str]:
        """What opens the pages again, at the same address: the cards' links lead there. Its settings name no channel, since the
        stand-in for Teams is gone by then.
        """
        config = self.folder / "pages.yaml"
        config.write_text(config_text(has_channel=False), encoding="utf-8")
        return self.command(urlsplit(self.url).port or 0, config)

    def __enter__(self) -> Self:
        """Start both, and read the two tokens that are shown once. Raises ``RuntimeError`` with what it printed instead."""
        self.folder.mkdir(parents=True)
        (self.folder / "teams").mkdir()
        self._teams = FakeTeams(folder=self.folder / "teams").start()
        self.config.write_text(config_text(), encoding="utf-8")
        with (self.folder / "serve.log").open("w", encoding="utf-8") as log:
            self._process = subprocess.Popen(
                self.command(0),
                env={**self.environment, "CLUSOP_DEMO_WEBHOOK": self._teams.url},
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        said = []
        for line in self._process.stdout or ():
            said.append(line)
            words = line.split()
            for word in words:
                if word.startswith("clusop_ingest_"):
                    self.token_file.touch(mode=0o600)
                    self.token_file.write_text(word + "\n", encoding="utf-8")
                elif word.startswith("clusop_admin_"):
                    self.admin_token = word
            if line.startswith("clusop serves at "):
                self.url = words[-1]
                return self
        self.__exit__(None, None, None)
        raise RuntimeError(f"clusop serve did not start: {''.join(said).strip()} (see {self.folder / 'serve.log'})")

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """Stop both."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(timeout=_START_S)
            if self._process.stdout is not None:
                self._process.stdout.close()
        if self._teams is not None:
            self._teams.close()

    def asked(self, path: str) -> bytes:
        """The answer to a GET with the admin token."""
        request = urllib.request.Request(self.url.rstrip("/") + path)
        request.add_header("Authorization", f"Bearer {self.admin_token}")
        with urllib.request.urlopen(request, timeout=_START_S) as answer:
            body: bytes = answer.read()
        return body

    def problems(self) -> list[dict[str, Any]]:
        """The problems as the API tells them."""
        listed: list[dict[str, Any]] = json.loads(self.asked("/v1/export/problems.json"))
        return listed

    def left(self) -> Left:
        """What has arrived of the one agent, once its final state is there."""
        deadline = time.monotonic() + _ARRIVE_S
        database = open_database(self.database)
        try:
            while True:
                with database.reading() as connection:
                    rows = connection.execute(select(agents)).mappings().all()
                    lines = connection.execute(select(signals.c.line).order_by(signals.c.sequence)).scalars().all()
                if (len(rows) == 1 and rows[0]["is_final"]) or time.monotonic() > deadline:
                    return _left([dict(row) for row in rows], [bytes(line) for line in lines])
                time.sleep(_LOOK_S)
        finally:
            database.close()

    def cards(self) -> Iterator[str]:
        """One line for each message that arrived; waits for the first, since the gate looks once a minute."""
        if self._teams is None:
            return
        try:
            self._teams.wait_for(1, _CARD_S)
        except TimeoutError:
            return
        for got in self._teams.got:
            faults = "; ".join(got.faults)
            told = got.message["attachments"][0]["content"].get("fallbackText", "") if not got.faults else faults
            yield f"HTTP {got.status}  {len(got.body):,} bytes  {told}"


def _left(rows: list[dict[str, Any]], lines: list[bytes]) -> Left:
    faults = [f"{len(rows)} agents sent, and one JVM ran"] if len(rows) != 1 else []
    found = [read_record(line) for line in lines]
    kept = [record for record in found if isinstance(record, Signal)]
    faults += ["a signal that is stored cannot be read"] if len(kept) != len(found) else []
    state = _state(rows[0]) if len(rows) == 1 and rows[0]["state_sequence"] else None
    faults += [] if state is not None else ["the agent left no account of itself"]
    faults += ["the agent's final state did not arrive"] if state is not None and not state.final else []
    if state is not None and (gap := json.loads(rows[0]["accepted"])) != [[1, state.sequence]]:
        faults.append(f"of {state.sequence} records only these arrived: {gap}")
    return Left(kept, state, faults)


def _state(row: Mapping[str, Any]) -> AgentState:
    """The newest account, as the service keeps it."""
    names = ("agent", "workspace", "cluster", "clusop", "spark", "scala", "java", "dbr", "late_armed", "breaker", "off")
    told: dict[str, Any] = {name: row[name] for name in names}
    told |= {name: json.loads(row[name]) for name in ("losses", "executions", "unknown")}
    return AgentState(
        record="agent-state",
        version=VERSION,
        sequence=row["state_sequence"],
        started_at_ms=row["started_at_ms"] or 0,
        armed_since_at_ms=row["armed_since_at_ms"] or 0,
        at_ms=row["last_arrived_at_ms"],
        doors=tuple(json.loads(row["doors"])),
        final=row["is_final"],
        **told,
    )

"""Kills the service at random while agents send with duplicates, in any order, and lose answers; then counts.

An agent sends again what got no answer, 429 or 503; any other answer than a receipt fails the run, and so do kills that fell
when nobody sent (:mod:`torture_stream`). What must hold: every record that was acknowledged is stored, none twice, the highest
revision of every hour counts, and the roll-up equals a recount. Agents that are killed between a POST and its answer leave a
visible gap, not a wrong sum. Meanwhile cards leave for receivers that are slow, refuse or go silent, and their senders are
killed too: none arrives twice, and what nobody can know is ``unconfirmed``. With PostgreSQL several replicas share the load, and
PostgreSQL itself is killed and started again.
"""

from __future__ import annotations

import argparse
import http.client
import json
import random
import sys
import tempfile
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench_ingest import signal_templates
from postgres import Postgres
from sender import Sender
from serve_process import ServeProcess
from torture_agent import Doomed, WrongAnswerError, lines_of, wait_s
from torture_cards import Cards
from torture_count import Expected, faults_in
from torture_stream import DATABASE, Kill, Stream, faults_of, planned

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from torture_stream import Planned

__all__ = ["Plan", "main", "torture"]

_LOST = (OSError, http.client.HTTPException)
# Whoever got no answer; in less, a service that starts would have to share the cores with all who knock.
_PAUSE_S = 0.5
_PACKED = 0.5
_LOST_ANSWERS = 0.1
_DOOMED = 900_000
# On a machine as busy as this makes it, a process that decodes may take longer to begin than it may in service.
_PATIENT = {"CLUSOP_SERVE_DECODE_SECONDS": "600"}


@dataclass(frozen=True)
class Plan:
    """How much is sent, by how many agents, how many of which send at once, and how often what is killed."""

    signals: int = 2000
    agents: int = 4
    senders: int = 4
    kills: int = 3
    replicas: int = 1
    database_kills: int = 0
    batch: int = 25
    problems: int = 20
    seed: int = 1
    doomed: int = 2
    cards: int = 4

    @property
    def each(self) -> int:
        """Signals of one agent."""
        return self.signals // self.agents


@dataclass
class _Sent:
    """What all agents know together."""

    stream: Stream
    lost_answers: int = 0
    waits: int = 0
    done: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)
    faults: list[str] = field(default_factory=list)

    def fail(self, fault: str) -> None:
        """What went wrong, said at once: the rest of a long run proves nothing any more."""
        self.faults.append(fault)
        print(f"  WRONG: {fault}", flush=True)


def torture(plan: Plan, database: str, folder: Path, postgres: Postgres | None = None) -> list[str]:
    """What did not hold, a sentence each; empty when all did."""
    chance = random.Random(plan.seed)
    wanted = planned(plan.kills, plan.database_kills, plan.seed)
    with Cards(database, folder, plan.cards, seed=plan.seed) as cards:
        options = ("--database", database, "--port", "0", "--config", str(cards.config()))
        replicas = [
            ServeProcess(options, folder / f"serve-{number}.log", {**cards.environ, **_PATIENT}).start()
            for number in range(plan.replicas)
        ]
        token = next(replica.tokens["ingest"] for replica in replicas if replica.tokens)
        cards.begin()
        sent = _Sent(Stream(Expected(plan.agents, plan.each, 0, ()).records * plan.agents))
        kills: list[Kill] = []
        doomed: list[Doomed] = []
        senders = [
            threading.Thread(
                target=_send, args=(plan, replicas, token, range(first, plan.agents + 1, plan.senders), sent)
            )
            for first in range(1, plan.senders + 1)
        ]
        # Kept from here on; sixteen threads at once would make them sixteen times.
        signal_templates()
        dooming = threading.Thread(target=_doom, args=(plan, replicas, token, doomed, sent))
        for thread in (*senders, dooming):
            thread.start()
        try:
            _kill(wanted, chance, _Targets(replicas, postgres, cards, senders, sent.stream), kills)
            for thread in (*senders, dooming):
                thread.join()
            cards.wait_for_some()
        finally:
            sent.done.set()
            sent.stream.close()
            for replica in replicas:
                replica.kill()
    if len(doomed) != plan.doomed:
        sent.fail(f"{len(doomed)} of {plan.doomed} agents were killed")
    expected = Expected(plan.agents, plan.each, sent.stream.acknowledged, doomed)
    told = f"{sent.lost_answers} answers lost, {sent.waits} times told to come back, {len(doomed)} agents killed"
    print(f"  {told}; {sum(kill.requests > 0 for kill in kills)} of {len(wanted)} kills cut requests off", flush=True)
    return [*sent.faults, *faults_of(kills, len(wanted)), *faults_in(database, expected), *cards.faults()]


def _doom(plan: Plan, replicas: Sequence[ServeProcess], token: str, doomed: list[Doomed], sent: _Sent) -> None:
    """Agents that die, one after the other."""
    chance = random.Random(plan.seed)

    def url_of() -> str:
        if sent.done.is_set():
            raise InterruptedError
        return chance.choice(list(replicas)).url

    for number in range(plan.doomed):
        name = _DOOMED + number
        lines = lines_of(name, plan.each, plan.problems, int(time.time() * 1000))
        try:
            with suppress(InterruptedError):
                doomed.append(Doomed.live(name, lines, url_of, token, plan.seed + number))
        except WrongAnswerError as error:
            sent.fail(str(error))


@dataclass(frozen=True)
class _Targets:
    """What may be killed, and who is sending meanwhile."""

    replicas: Sequence[ServeProcess]
    postgres: Postgres | None
    cards: Cards
    senders: Sequence[threading.Thread]
    stream: Stream


def _kill(wanted: Sequence[Planned], chance: random.Random, targets: _Targets, kills: list[Kill]) -> None:
    """Kill one thing after another, each at its place in the stream, while a request to it is under way."""
    stream = targets.stream
    for one, after in zip(wanted, (*wanted[1:], None), strict=True):
        postgres = targets.postgres if one.what == DATABASE else None
        number = chance.randrange(len(targets.replicas))
        requests = stream.reached(one.share, None if postgres is not None else number, targets.senders)
        kills.append(Kill(one.what, stream.share, requests))
        stream.hold_at(after.share if after is not None else None)
        if postgres is not None:
            postgres.stop()
            postgres.start()
        else:
            targets.replicas[number].kill()
            targets.cards.kill_sender(chance)
            targets.replicas[number].start()
        stream.hold_at(None)
        print(f"  killed and started again: {kills[-1]}", flush=True)


def _send(plan: Plan, replicas: Sequence[ServeProcess], token: str, agents: Iterable[int], sent: _Sent) -> None:
    """Agents, one after the other."""
    for agent in agents:
        _live(plan, replicas, token, agent, sent)


def _live(plan: Plan, replicas: Sequence[ServeProcess], token: str, agent: int, sent: _Sent) -> None:
    """One agent: every record until it is acknowledged, some of them again, none in order."""
    chance = random.Random(plan.seed * 1000 + agent)
    lines = lines_of(agent, plan.each, plan.problems, int(time.time() * 1000))
    waiting = list(lines)
    chance.shuffle(waiting)
    acknowledged: list[int] = []
    while waiting and not sent.faults and not sent.done.is_set():
        chosen = [waiting.pop() for _ in range(min(len(waiting), chance.randint(1, plan.batch)))]
        again = chance.sample(acknowledged, min(len(acknowledged), chance.choice([0, 0, 3])))
        number = chance.randrange(len(replicas))
        sent.stream.begin(number)
        receipt, later_s = None, None
        try:
            receipt, later_s = _asked(replicas[number], token, [lines[one] for one in (*chosen, *again)], chance)
        except WrongAnswerError as error:
            sent.fail(f"agent {agent}: {error}")
        finally:
            sent.stream.end(number, len(chosen) if receipt is not None else 0)
        if receipt is not None:
            if receipt["refused"] or receipt["accepted"] + receipt["known"] != len(chosen) + len(again):
                sent.fail(f"agent {agent} was answered {json.dumps(receipt)[:300]}")
            acknowledged += chosen
            continue
        with sent.lock:
            sent.lost_answers += later_s is None
            sent.waits += later_s is not None
        # Among the others, anywhere.
        for one in chosen:
            waiting.insert(chance.randint(0, len(waiting)), one)
        time.sleep(_PAUSE_S if later_s is None else later_s)


def _asked(
    replica: ServeProcess, token: str, lines: list[bytes], chance: random.Random
) -> tuple[dict[str, Any] | None, float | None]:  # Any: JSON
    """The receipt, or how many seconds to wait where the answer says so; neither where none came, or it gets lost on its way.
    Raises ``WrongAnswerError`` for any other answer.
    """
    sender = Sender(replica.url, token, timeout_s=120.0)
    try:
        answer = sender.send(lines, is_packed=chance.random() < _PACKED)
    except _LOST:
        return None, None
    finally:
        sender.close()
    later_s = wait_s(answer)
    if later_s is not None:
        return None, later_s
    return (None if chance.random() < _LOST_ANSWERS else answer.document), None


def main(arguments: list[str]) -> int:
    """Torture SQLite, then PostgreSQL."""
    parser = argparse.ArgumentParser(description="Kill the service while agents send")
    parser.add_argument("--signals", type=int, default=1_000_000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--agents", type=int, default=512)
    parser.add_argument("--senders", type=int, default=16, help="agents that send at once")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", choices=("sqlite", "postgresql"))
    chosen = parser.parse_args(arguments)
    faults: list[str] = []
    for kind in ("sqlite", "postgresql"):
        if chosen.only not in {None, kind}:
            continue
        with tempfile.TemporaryDirectory(prefix="clusop-torture-") as told:
            folder = Path(told)
            folder.chmod(0o755)
            is_sqlite = kind == "sqlite"
            plan = Plan(
                signals=chosen.signals,
                agents=chosen.agents,
                senders=chosen.senders,
                kills=chosen.kills,
                replicas=1 if is_sqlite else 2,
                database_kills=0 if is_sqlite else max(1, chosen.kills // 5),
                batch=100,
                problems=500,
                seed=chosen.seed,
                doomed=max(2, chosen.kills // 2),
                cards=max(4, chosen.kills * 2),
            )
            print(f"{kind}: {plan.signals} signals, {plan.kills} kills", flush=True)
            if is_sqlite:
                faults += torture(plan, f"sqlite:///{folder / 'clusop.db'}", folder)
                continue
            postgres = Postgres.make(folder / "postgres", is_durable=True)
            postgres.start()
            faults += torture(plan, postgres.url, folder, postgres)
            postgres.stop()
    for fault in faults:
        print(f"WRONG: {fault}")
    print("all held" if not faults else f"{len(faults)} things did not hold")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

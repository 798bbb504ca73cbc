"""Kills the service at random while agents send with duplicates, in any order, and lose answers; then counts.

What must hold: every record that was acknowledged is stored, none twice, the highest revision of every hour counts, and the
roll-up equals a recount. Agents that are killed between a POST and its answer leave a visible gap, not a wrong sum. Meanwhile
cards leave for receivers that are slow, refuse or go silent, and their senders are killed too: none arrives twice, and what
nobody can know is ``unconfirmed``. With PostgreSQL several replicas share the load, and PostgreSQL itself is killed and started
again.
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
from typing import TYPE_CHECKING

from postgres import Postgres
from sender import Sender
from serve_process import ServeProcess
from torture_agent import Doomed, lines_of
from torture_cards import Cards
from torture_count import Expected, faults_in

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Plan", "main", "torture"]

_LOST = (OSError, http.client.HTTPException)
_PAUSE_S = 0.05
_OK = 200
_PACKED = 0.5
_LOST_ANSWERS = 0.1
_DOOMED = 900_000
_MANY = 200_000


@dataclass(frozen=True)
class Plan:
    """How much is sent, by how many agents, and how often what is killed."""

    signals: int = 2000
    agents: int = 4
    kills: int = 3
    replicas: int = 1
    database_kills: int = 0
    batch: int = 25
    problems: int = 20
    seed: int = 1
    life_s: tuple[float, float] = (0.3, 2.0)
    doomed: int = 2
    cards: int = 4

    @property
    def each(self) -> int:
        """Signals of one agent."""
        return self.signals // self.agents


@dataclass
class _Sent:
    """What all agents know together."""

    acknowledged: int = 0
    lost_answers: int = 0
    done: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)
    faults: list[str] = field(default_factory=list)


def torture(plan: Plan, database: str, folder: Path, postgres: Postgres | None = None) -> list[str]:
    """What did not hold, a sentence each; empty when all did."""
    chance = random.Random(plan.seed)
    with Cards(database, folder, plan.cards, seed=plan.seed) as cards:
        options = ("--database", database, "--port", "0", "--config", str(cards.config()))
        replicas = [
            ServeProcess(options, folder / f"serve-{number}.log", cards.environ).start()
            for number in range(plan.replicas)
        ]
        token = next(replica.tokens["ingest"] for replica in replicas if replica.tokens)
        cards.begin()
        sent = _Sent()
        doomed: list[Doomed] = []
        senders = [
            threading.Thread(target=_send, args=(plan, replicas, token, number, sent))
            for number in range(1, plan.agents + 1)
        ]
        senders.append(threading.Thread(target=_doom, args=(plan, replicas, token, doomed, sent)))
        for thread in senders:
            thread.start()
        try:
            _kill(plan, chance, _Targets(replicas, postgres, cards, senders))
            for thread in senders:
                thread.join()
            cards.wait_for_some()
        finally:
            sent.done.set()
            for replica in replicas:
                replica.kill()
    if len(doomed) != plan.doomed:
        sent.faults.append(f"{len(doomed)} of {plan.doomed} agents were killed")
    expected = Expected(plan.agents, plan.each, sent.acknowledged, doomed)
    print(f"  {sent.lost_answers} answers lost, {len(doomed)} agents killed", flush=True)
    return [*sent.faults, *faults_in(database, expected), *cards.faults()]


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
        with suppress(InterruptedError):
            doomed.append(Doomed.live(name, lines, url_of, token, plan.seed + number))


@dataclass(frozen=True)
class _Targets:
    """What may be killed, and who is sending meanwhile."""

    replicas: Sequence[ServeProcess]
    postgres: Postgres | None
    cards: Cards
    senders: Sequence[threading.Thread]


def _kill(plan: Plan, chance: random.Random, targets: _Targets) -> None:
    """Kill one thing after another, for as long as somebody sends."""
    what = ["replica"] * plan.kills + ["database"] * plan.database_kills
    chance.shuffle(what)
    for one in what:
        pause_s = chance.uniform(*plan.life_s)
        ends_s = time.monotonic() + pause_s
        while time.monotonic() < ends_s and any(thread.is_alive() for thread in targets.senders):
            time.sleep(_PAUSE_S)
        if one == "database" and targets.postgres is not None:
            targets.postgres.stop()
            targets.postgres.start()
            print("  the database was killed and started again", flush=True)
        else:
            replica = chance.choice(list(targets.replicas))
            replica.kill()
            targets.cards.kill_sender(chance)
            replica.start()
            print(f"  a replica was killed after {pause_s:.1f} s and started again", flush=True)


def _send(plan: Plan, replicas: Sequence[ServeProcess], token: str, agent: int, sent: _Sent) -> None:
    """One agent: every record until it is acknowledged, some of them again, none in order."""
    chance = random.Random(plan.seed * 1000 + agent)
    lines = lines_of(agent, plan.each, plan.problems, int(time.time() * 1000))
    waiting = list(lines)
    chance.shuffle(waiting)
    acknowledged: set[int] = set()
    while waiting and not sent.faults and not sent.done.is_set():
        chosen = [waiting.pop() for _ in range(min(len(waiting), chance.randint(1, plan.batch)))]
        again = chance.sample(sorted(acknowledged), min(len(acknowledged), chance.choice([0, 0, 3])))
        answer = _asked(chance.choice(list(replicas)), token, [lines[one] for one in (*chosen, *again)], chance)
        if answer is None:
            with sent.lock:
                sent.lost_answers += 1
            waiting += chosen
            chance.shuffle(waiting)
            time.sleep(_PAUSE_S)
            continue
        if answer["refused"] or answer["accepted"] + answer["known"] != len(chosen) + len(again):
            sent.faults.append(f"agent {agent} was answered {json.dumps(answer)[:300]}")
        acknowledged |= set(chosen)
    with sent.lock:
        sent.acknowledged += len(acknowledged)


def _asked(replica: ServeProcess, token: str, lines: list[bytes], chance: random.Random) -> dict[str, int] | None:
    """The receipt; ``None`` where there is none, or where the answer gets lost on its way."""
    sender = Sender(replica.url, token, timeout_s=120.0)
    try:
        answer = sender.send(lines, is_packed=chance.random() < _PACKED)
    except _LOST:
        return None
    finally:
        sender.close()
    if answer.status != _OK or chance.random() < _LOST_ANSWERS:
        return None
    return answer.document


def main(arguments: list[str]) -> int:
    """Torture SQLite, then PostgreSQL."""
    parser = argparse.ArgumentParser(description="Kill the service while agents send")
    parser.add_argument("--signals", type=int, default=1_000_000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--agents", type=int, default=16)
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
                kills=chosen.kills,
                replicas=1 if is_sqlite else 2,
                database_kills=0 if is_sqlite else max(1, chosen.kills // 5),
                batch=100,
                problems=500,
                seed=chosen.seed,
                life_s=(2.0, 20.0) if chosen.signals >= _MANY else (0.5, 4.0),
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

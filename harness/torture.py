"""Kills the service at random while agents send with duplicates, in any order, and lose answers; then counts.

What must hold: every record that was acknowledged is stored, none twice, and the roll-up equals a recount. With PostgreSQL
several replicas share the load, and PostgreSQL itself is killed and started again.
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
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from bench_ingest import signals_of
from clusop.service.ingest.recount import differences
from clusop.service.store.database import open_database
from clusop.service.store.tables.agents import agents
from clusop.service.store.tables.problems import signals
from postgres import Postgres
from sender import Sender
from serve_process import ServeProcess

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Plan", "main", "torture"]

_LOST = (OSError, http.client.HTTPException)
_PAUSE_S = 0.05
_OK = 200
_PACKED = 0.5
_LOST_ANSWERS = 0.1


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
    replicas = [
        ServeProcess(
            ("--database", database, "--port", "0"), folder / f"serve-{number}.log", {"CLUSOP_SERVE_SCHEDULE": "false"}
        ).start()
        for number in range(plan.replicas)
    ]
    token = next(replica.tokens["ingest"] for replica in replicas if replica.tokens)
    sent = _Sent()
    senders = [
        threading.Thread(target=_send, args=(plan, replicas, token, number, sent))
        for number in range(1, plan.agents + 1)
    ]
    for thread in senders:
        thread.start()
    try:
        _kill(plan, chance, replicas, postgres, senders)
        for thread in senders:
            thread.join()
    finally:
        sent.done.set()
        for replica in replicas:
            replica.kill()
    return [*sent.faults, *_counted(plan, database, sent)]


def _kill(
    plan: Plan,
    chance: random.Random,
    replicas: Sequence[ServeProcess],
    postgres: Postgres | None,
    senders: Sequence[threading.Thread],
) -> None:
    """Kill one thing after another, for as long as somebody sends."""
    what = ["replica"] * plan.kills + ["database"] * plan.database_kills
    chance.shuffle(what)
    for one in what:
        pause_s = chance.uniform(*plan.life_s)
        ends_s = time.monotonic() + pause_s
        while time.monotonic() < ends_s and any(thread.is_alive() for thread in senders):
            time.sleep(_PAUSE_S)
        if one == "database" and postgres is not None:
            postgres.stop()
            postgres.start()
            print("  the database was killed and started again", flush=True)
        else:
            replica = chance.choice(list(replicas))
            replica.kill()
            replica.start()
            print(f"  a replica was killed after {pause_s:.1f} s and started again", flush=True)


def _send(plan: Plan, replicas: Sequence[ServeProcess], token: str, agent: int, sent: _Sent) -> None:
    """One agent: every record until it is acknowledged, some of them again, none in order."""
    chance = random.Random(plan.seed * 1000 + agent)
    count = plan.signals // plan.agents
    lines = dict(enumerate(signals_of(agent, range(1, count + 1), plan.problems, int(time.time() * 1000)), 1))
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


def _counted(plan: Plan, database: str, sent: _Sent) -> list[str]:
    opened = open_database(database)
    with opened.reading() as connection:
        stored = connection.scalar(select(func.count()).select_from(signals))
        pairs = select(signals.c.agent_id, signals.c.sequence).distinct().subquery()
        distinct = connection.scalar(select(func.count()).select_from(pairs))
        told = [(row.accepted, row.signal_count) for row in connection.execute(select(agents))]
        found = differences(connection)
    opened.close()
    count = plan.signals // plan.agents
    print(
        f"  {sent.acknowledged} acknowledged, {stored} stored, {distinct} distinct, {sent.lost_answers} answers lost",
        flush=True,
    )
    if not sent.acknowledged == stored == distinct == count * plan.agents:
        found.append(f"{sent.acknowledged} acknowledged, {stored} stored, {distinct} of them distinct")
    if told != [(f"[[1,{count}]]", count)] * plan.agents:
        found.append(f"the agents' rows say {told[:3]}")
    return found


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
                life_s=(2.0, 20.0),
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

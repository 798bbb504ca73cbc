"""What ingest costs: ``clusop serve`` on SQLite with senders of our own, and a bare program that only decodes and stores.

Judged are counts, which are alike on every machine (statements and commits a batch, bytes written ahead, signals stored), and
ratios to the bare program measured in the same run; ends with 1 and a sentence for each that was missed. Signals a second and
how long a sender waits are reported, as medians of rounds: they say as much about the machine. Batches of 100 signals as they
were found in recorded runs, over kept connections; the senders take time of the same cores.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from claims import missed_sentences
from clusop.analysis.records.offline import Sender as Records
from clusop.analysis.records.offline import signal_lines
from clusop.pricing.provider import PriceBook
from clusop.report.intake import Intake, read_inputs
from clusop.service.store.database import open_database
from clusop.service.store.tables.problems import signals
from ingest_counts import Bare, Counts, Pass, bare, counted
from ingest_judged import Round, Told, counts_judged, ratios_judged, summary_of
from machine import machine_line
from sender import Sender
from serve_process import ServeProcess

if TYPE_CHECKING:
    from multiprocessing.synchronize import Barrier

__all__ = ["main", "signal_templates", "signals_of"]

_LOGS = Path(__file__).resolve().parent.parent / "tests" / "data" / "eventlogs" / "comet"
_OK, _TOO_MANY = 200, 429
_BARE, _ALONE = 19_200, 20
_SEQUENCE, _AGENT, _SIGNATURE, _END = "@sequence@", "@agent@", "@signature@", 1_111_111_111_111


@dataclass(frozen=True)
class Load:
    """What each sender sends."""

    batches: int
    size: int
    problems: int


@cache
def signal_templates() -> list[bytes]:
    """Signals of the recorded runs of Spark with Comet, 59 of 2 to 4 KB, with places for what differs."""
    found = []
    intake, sender = Intake(PriceBook.default()), Records(_AGENT, "1234567890")
    for path in sorted(_LOGS.glob("*.zstd")):
        for report in read_inputs(str(path), intake):
            for line in signal_lines(report.application, sender) if report.application else ():
                record = json.loads(line)
                record |= {"sequence": _SEQUENCE, "signature": _SIGNATURE, "start_at_ms": _END, "end_at_ms": _END}
                told = json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()
                found.append(told.replace(b'"@sequence@"', b"@sequence@").replace(str(_END).encode(), b"@end@"))
    return found


def signals_of(agent: int, sequences: range, problems: int, end_ms: int) -> list[bytes]:
    """Signals of one agent, which has so many problems; neighbours share most of theirs, as jobs on several clusters do."""
    lines = []
    templates = signal_templates()
    for number in sequences:
        line = templates[number % len(templates)]
        line = line.replace(b"@sequence@", b"%d" % number).replace(b"@agent@", b"%032x" % agent)
        lines.append(
            line.replace(b"@signature@", b"%032x" % (agent * 7 + number % problems)).replace(b"@end@", b"%d" % end_ms)
        )
    return lines


_barriers: list[Barrier] = []


def _send(url: str, token: str, senders: range, load: Load) -> Told:
    """Threads of one process, an agent each."""
    told, lock = Told(), threading.Lock()
    (barrier,) = _barriers
    now_ms = int(time.time() * 1000)
    made = {
        agent: [
            signals_of(agent, range(first, first + load.size), load.problems, now_ms)
            for first in range(1, load.batches * load.size + 1, load.size)
        ]
        for agent in senders
    }
    barrier.wait()
    told.from_at_s = time.time()

    def run(agent: int) -> None:
        sender = Sender(url, token)
        mine = Told()
        for lines in made[agent]:
            while True:
                began = time.perf_counter()
                answer = sender.send(lines)
                if answer.status == _OK:
                    mine.latencies_ms.append((time.perf_counter() - began) * 1000)
                    mine.accepted += answer.document["accepted"]
                    break
                if answer.status != _TOO_MANY:
                    raise RuntimeError(f"{answer.status}: {answer.body[:200]!r}")
                mine.busy += 1
                time.sleep(float(answer.headers.get("retry-after", "1")))
        sender.close()
        with lock:
            told.add(mine)

    threads = [threading.Thread(target=run, args=(agent,)) for agent in senders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    told.to_at_s = time.time()
    return told


def _resident_mib(pid: int) -> float:
    """Of the process and its children."""
    total = 0
    for folder in Path("/proc").iterdir():
        if not folder.name.isdecimal():
            continue
        try:
            status = dict(one.split(":", 1) for one in (folder / "status").read_text().splitlines() if ":" in one)
        except OSError:
            continue
        if int(status["Pid"]) == pid or int(status["PPid"]) == pid:
            total += int(status.get("VmRSS", "0 kB").split()[0])
    return total / 1024


def _cpu_s(pid: int) -> tuple[float, float]:
    """Of the process, and of its children, which decode."""
    own = children = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            number, _, rest = stat.read_text().partition(" (")
        except OSError:
            continue
        fields = rest.rpartition(")")[2].split()
        ticks = sum(int(one) for one in fields[11:13])
        own += ticks if int(number) == pid else 0
        children += ticks if int(fields[1]) == pid else 0
    return own / os.sysconf("SC_CLK_TCK"), children / os.sysconf("SC_CLK_TCK")


def main(arguments: list[str]) -> int:
    """Run it once; 1 where something that is judged was missed."""
    parser = argparse.ArgumentParser(description="Measure ingest")
    parser.add_argument("--signals", type=int, default=100_000)
    parser.add_argument("--more", type=int, default=0, help="then so many more, to see memory grow")
    parser.add_argument("--rounds", type=int, default=3, help="in which --signals are sent")
    parser.add_argument("--senders", type=int, default=16)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--batch", type=int, default=100)
    parser.add_argument("--problems", type=int, default=30, help="of each sender; agents have a few dozen")
    parser.add_argument("--database", default="", help="an empty one")
    chosen = parser.parse_args(arguments)
    print(machine_line(), flush=True)
    with tempfile.TemporaryDirectory(prefix="clusop-bench-") as told:
        folder = Path(told)
        bares = [_bare(folder, chosen)]
        alone, together, after = _counted(folder, chosen)
        claims = counts_judged(alone, together, after, bares[0])
        database = chosen.database or f"sqlite:///{folder}/clusop.db"
        rounds = _served(folder, chosen, database)
        bares.append(_bare(folder, chosen))
        claims += ratios_judged(rounds, bares, _stored(database), has_more=bool(chosen.more))
    print(summary_of(rounds, bares))
    print(*claims, *(missed := missed_sentences(claims)), sep="\n")
    return 1 if missed else 0


def _bare(folder: Path, chosen: argparse.Namespace) -> Bare:
    lines = signals_of(1, range(1, _BARE + 1), chosen.problems, int(time.time() * 1000))
    found = bare(folder, lines, chosen.senders * chosen.batch)
    print(f"a bare program: {found.per_s:.0f} signals/s decoded and stored, {found.cpu_us:.0f} µs CPU each", flush=True)
    return found


def _counted(folder: Path, chosen: argparse.Namespace) -> list[Counts]:
    """One batch after the other, many together, and one after the other again, with all that before it stored."""
    now_ms = int(time.time() * 1000)

    def batches(agents: range, each: int) -> list[list[bytes]]:
        return [
            signals_of(agent, range(first, first + chosen.batch), chosen.problems, now_ms)
            for first in range(1, each * chosen.batch + 1, chosen.batch)
            for agent in agents
        ]

    return counted(
        folder,
        [
            Pass(batches(range(1, 2), _ALONE), is_together=False),
            Pass(batches(range(2, 2 + chosen.senders), _BARE // chosen.batch // chosen.senders), is_together=True),
            Pass(batches(range(1001, 1002), _ALONE), is_together=False),
        ],
    )


def _served(folder: Path, chosen: argparse.Namespace, database: str) -> list[Round]:
    rounds: list[Round] = []
    options = ("--database", database, "--port", "0")
    with ServeProcess(options, folder / "log", {"CLUSOP_SERVE_SCHEDULE": "false"}) as server:
        if server.process is None:
            raise AssertionError
        pid, first = server.process.pid, 1
        for count in (*[chosen.signals // chosen.rounds] * chosen.rounds, chosen.more):
            if not count:
                continue
            before_s = _cpu_s(pid)
            told = _run(server, chosen, count, first)
            first += chosen.senders
            own_s, children_s = (now - before for now, before in zip(_cpu_s(pid), before_s, strict=True))
            rounds.append(Round(told, _sent(chosen, count), own_s, children_s, _resident_mib(pid)))
            print(rounds[-1], flush=True)
    return rounds


def _sent(chosen: argparse.Namespace, count: int) -> int:
    each: int = max(1, count // chosen.batch // chosen.senders)
    size: int = chosen.batch * chosen.senders
    return each * size


def _stored(database: str) -> int:
    opened = open_database(database)
    with opened.reading() as connection:
        count: int = connection.execute(select(func.count()).select_from(signals)).scalar_one()
    opened.close()
    return count


def _run(server: ServeProcess, chosen: argparse.Namespace, count: int, first: int) -> Told:
    batches = max(1, count // chosen.batch // chosen.senders)
    per = max(1, chosen.senders // chosen.processes)
    jobs = [
        (
            server.url,
            server.tokens["ingest"],
            range(first + start, first + start + per),
            Load(batches, chosen.batch, chosen.problems),
        )
        for start in range(0, chosen.senders, per)
    ]
    # Forked, so that the signals are made once.
    signal_templates()
    context = multiprocessing.get_context("fork")
    # All signals are made before the first is sent.
    _barriers[:] = [context.Barrier(len(jobs))]
    with context.Pool(len(jobs)) as pool:
        found = pool.starmap(_send, jobs)
    all_told = Told()
    for told in found:
        all_told.add(told)
    return all_told


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

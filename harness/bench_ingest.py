"""How many signals a second the service takes, and how long a sender waits: ``clusop serve`` on SQLite, senders of our own.

Batches of 100 signals as they were found in recorded runs, over kept connections. Reports signals a second, p50 and p99 of a
batch's latency, how often it was told to come back, and how much memory the service grew. Senders take time of the same
cores: what is measured is below what the service could do. A bare program that only decodes and stores the same signals says
how fast the machine is at that moment.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import multiprocessing
import os
import sqlite3
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from clusop.analysis.records.offline import Sender as Records
from clusop.analysis.records.offline import signal_lines
from clusop.pricing.provider import PriceBook
from clusop.report.intake import Intake, read_inputs
from sender import Sender
from serve_process import ServeProcess

if TYPE_CHECKING:
    from multiprocessing.synchronize import Barrier

__all__ = ["main", "signal_templates", "signals_of"]

_LOGS = Path(__file__).resolve().parent.parent / "tests" / "data" / "eventlogs" / "comet"
_OK, _TOO_MANY = 200, 429
_SEQUENCE, _AGENT, _SIGNATURE, _END = "@sequence@", "@agent@", "@signature@", 1_111_111_111_111


@dataclass(frozen=True)
class Load:
    """What each sender sends."""

    batches: int
    size: int
    problems: int


@dataclass
class Told:
    """What one sender saw."""

    latencies_ms: list[float] = field(default_factory=list)
    accepted: int = 0
    busy: int = 0
    from_at_s: float = math.inf
    to_at_s: float = 0.0

    def add(self, other: Told) -> None:
        """What another saw too."""
        self.latencies_ms += other.latencies_ms
        self.accepted += other.accepted
        self.busy += other.busy
        self.from_at_s = min(self.from_at_s, other.from_at_s)
        self.to_at_s = max(self.to_at_s, other.to_at_s)


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
    """Run it once; the figures as text."""
    parser = argparse.ArgumentParser(description="Measure ingest")
    parser.add_argument("--signals", type=int, default=100_000)
    parser.add_argument("--more", type=int, default=0, help="then so many more, to see memory grow")
    parser.add_argument("--senders", type=int, default=16)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--batch", type=int, default=100)
    parser.add_argument("--problems", type=int, default=30, help="of each sender; agents have a few dozen")
    parser.add_argument("--database", default="")
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="clusop-bench-") as folder:
        bare = _bare_per_s(Path(folder), chosen, 20_000)
        print(f"a bare program: {bare:.0f} signals/s decoded and stored", flush=True)
        database = chosen.database or f"sqlite:///{folder}/clusop.db"
        options = ("--database", database, "--port", "0")
        with ServeProcess(options, Path(folder) / "log", {"CLUSOP_SERVE_SCHEDULE": "false"}) as server:
            if server.process is None:
                raise AssertionError
            pid, first = server.process.pid, 1
            for count in (count for count in (chosen.signals, chosen.more) if count):
                before_s = _cpu_s(pid)
                told = _run(server, chosen, count, first)
                first += chosen.senders
                own_s, children_s = (now - before for now, before in zip(_cpu_s(pid), before_s, strict=True))
                _print(told, own_s, children_s, _resident_mib(pid))
    return 0


def _bare_per_s(folder: Path, chosen: argparse.Namespace, count: int) -> float:
    """Signals a second of a program that only decodes and stores them, all in one process: no checks, no problems, no HTTP.

    As many in a transaction as the service may have in one, kept as safely as it keeps them.
    """
    lines = signals_of(1, range(1, count + 1), chosen.problems, int(time.time() * 1000))
    opened = sqlite3.connect(folder / "bare.db", isolation_level=None)
    for word in ("page_size = 8192", "journal_mode = WAL", "synchronous = FULL"):
        opened.execute(f"PRAGMA {word}")
    opened.execute(
        "CREATE TABLE bare (agent TEXT, sequence INTEGER, hash BLOB, line BLOB, PRIMARY KEY (agent, sequence))"
    )
    group = chosen.senders * chosen.batch
    began = time.perf_counter()
    for first in range(0, count, group):
        rows = []
        for line in lines[first : first + group]:
            record = json.loads(line)
            rows.append((record["agent"], record["sequence"], hashlib.sha256(line).digest(), line))
        opened.execute("BEGIN IMMEDIATE")
        opened.executemany("INSERT INTO bare VALUES (?, ?, ?, ?)", rows)
        opened.execute("COMMIT")
    took_s = time.perf_counter() - began
    opened.close()
    return count / took_s


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


def _print(told: Told, own_s: float, children_s: float, resident_mib: float) -> None:
    ordered = sorted(told.latencies_ms)
    took_s = told.to_at_s - told.from_at_s
    print(
        f"{told.accepted} signals in {took_s:.1f} s: {told.accepted / took_s:.0f}/s; "
        f"p50 {ordered[len(ordered) // 2]:.0f} ms, p99 {ordered[int(len(ordered) * 0.99)]:.0f} ms, "
        f"{told.busy} times told to come back; {own_s / told.accepted * 1e6:.0f} µs CPU a signal "
        f"and {children_s / told.accepted * 1e6:.0f} to decode it, {resident_mib:.0f} MiB",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

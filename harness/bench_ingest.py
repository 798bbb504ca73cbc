"""How many signals a second the service takes, and how long a sender waits: ``clusop serve`` on SQLite, senders of our own.

Batches of 100 signals as they were found in recorded runs, over kept connections. Reports signals a second, p50 and p99 of a
batch's latency, how often it was told to come back, and how much memory the service grew. Senders take time of the same
cores: what is measured is below what the service could do.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from clusop.analysis.records.offline import Sender as Records
from clusop.analysis.records.offline import signal_lines
from clusop.pricing.provider import PriceBook
from clusop.report.intake import Intake, read_inputs
from sender import Sender
from serve_process import ServeProcess

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
    """Signals of one agent, spread over so many problems."""
    lines = []
    templates = signal_templates()
    for number in sequences:
        line = templates[number % len(templates)]
        line = line.replace(b"@sequence@", b"%d" % number).replace(b"@agent@", b"%032x" % agent)
        lines.append(
            line.replace(b"@signature@", b"%032x" % ((agent * 31 + number) % problems)).replace(
                b"@end@", b"%d" % end_ms
            )
        )
    return lines


def _send(url: str, token: str, senders: range, load: Load) -> Told:
    """Threads of one process, an agent each."""
    told, lock = Told(), threading.Lock()

    def run(agent: int) -> None:
        sender = Sender(url, token)
        mine = Told()
        for number in range(load.batches):
            lines = signals_of(
                agent,
                range(number * load.size + 1, (number + 1) * load.size + 1),
                load.problems,
                int(time.time() * 1000),
            )
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
            told.latencies_ms += mine.latencies_ms
            told.accepted += mine.accepted
            told.busy += mine.busy

    threads = [threading.Thread(target=run, args=(agent,)) for agent in senders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
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


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(int(one) for one in fields[11:15]) / 100


def main(arguments: list[str]) -> int:
    """Run it once; the figures as text."""
    parser = argparse.ArgumentParser(description="Measure ingest")
    parser.add_argument("--signals", type=int, default=100_000)
    parser.add_argument("--more", type=int, default=0, help="then so many more, to see memory grow")
    parser.add_argument("--senders", type=int, default=16)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--batch", type=int, default=100)
    parser.add_argument("--problems", type=int, default=500)
    parser.add_argument("--database", default="")
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="clusop-bench-") as folder:
        database = chosen.database or f"sqlite:///{folder}/clusop.db"
        options = ("--database", database, "--port", "0")
        with ServeProcess(options, Path(folder) / "log", {"CLUSOP_SERVE_SCHEDULE": "false"}) as server:
            if server.process is None:
                raise AssertionError
            pid, first = server.process.pid, 1
            for count in (count for count in (chosen.signals, chosen.more) if count):
                before_s, began = _cpu_s(pid), time.perf_counter()
                told = _run(server, chosen, count, first)
                took_s = time.perf_counter() - began
                first += chosen.senders
                _print(told, took_s, _cpu_s(pid) - before_s, _resident_mib(pid))
    return 0


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
    with multiprocessing.get_context("spawn").Pool(chosen.processes) as pool:
        found = pool.starmap(_send, jobs)
    return Told(
        [one for told in found for one in told.latencies_ms], sum(t.accepted for t in found), sum(t.busy for t in found)
    )


def _print(told: Told, took_s: float, cpu_s: float, resident_mib: float) -> None:
    ordered = sorted(told.latencies_ms)
    print(
        f"{told.accepted} signals in {took_s:.1f} s: {told.accepted / took_s:.0f}/s; "
        f"p50 {ordered[len(ordered) // 2]:.0f} ms, p99 {ordered[int(len(ordered) * 0.99)]:.0f} ms, "
        f"{told.busy} times told to come back; {cpu_s / told.accepted * 1e6:.0f} µs CPU a signal, {resident_mib:.0f} MiB",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Benchmark of the event-log reader: its time as a ratio to bare decoding, and its memory on a log of any size.

    python harness/bench_eventlog.py LOG            ratio to bare zstd + JSON decoding of every line, medians of 7, peak memory
    python harness/bench_eventlog.py LOG --grow MB  replicate the log's task events to about MB megabytes of JSON and read that

Both sides run in fresh processes, in turns, so that a noisy machine is noisy for both; times are CPU and wall seconds inside
the process, without the interpreter's start. The grown log is written to a temporary file and removed.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_ROUNDS = 7
_MB = 1_000_000
_TASK_END = b'{"Event":"SparkListenerTaskEnd"'

_MEASURE = """
import json, resource, sys, time
def peak_mb():
    scale = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * scale / 1e6
"""
_BARE = (
    _MEASURE
    + """
import io, orjson, zstandard
wall, cpu = time.perf_counter(), time.process_time()
with open(sys.argv[1], "rb") as file:
    count = 0
    for line in io.BufferedReader(zstandard.ZstdDecompressor().stream_reader(file, read_across_frames=True)):
        orjson.loads(line)
        count += 1
print(json.dumps({"wall_s": time.perf_counter() - wall, "cpu_s": time.process_time() - cpu, "peak_mb": peak_mb(),
    "records": count}))
"""
)
_OURS = (
    _MEASURE
    + """
from clusop.eventlog import locate, read_application
wall, cpu = time.perf_counter(), time.process_time()
(source,) = locate(sys.argv[1])
application = read_application(source)
stages = [*application.non_sql_stages, *(stage for query in application.queries for stage in query.times.stages)]
print(json.dumps({"wall_s": time.perf_counter() - wall, "cpu_s": time.process_time() - cpu, "peak_mb": peak_mb(),
    "queries": len(application.queries), "stages": len(stages), "tasks": sum(stage.task_count for stage in stages),
    "run_s": float(sum(stage.run_ms for stage in stages)) / 1000}))
"""
)


def main() -> int:
    """Run the benchmark the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("log", type=Path, help="an event log packed with zstd")
    parser.add_argument("--grow", type=int, metavar="MB", help="size of the grown log, in megabytes of JSON")
    parser.add_argument("--rounds", type=int, default=_ROUNDS)
    options = parser.parse_args()
    print(f"machine: {platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, "
          f"Python {platform.python_version()}")  # fmt: skip
    if options.grow:
        _run_grown(options.log, options.grow)
    else:
        _run_ratio(options.log, options.rounds)
    return 0


def _measured(program: str, log: Path) -> dict[str, float]:
    output = subprocess.run([sys.executable, "-c", program, str(log)], check=True, capture_output=True, text=True)
    measured: dict[str, float] = json.loads(output.stdout)
    return measured


def _run_ratio(log: Path, rounds: int) -> None:
    bare: list[dict[str, float]] = []
    ours: list[dict[str, float]] = []
    for _ in range(rounds):
        bare.append(_measured(_BARE, log))
        ours.append(_measured(_OURS, log))
    for unit in ("wall_s", "cpu_s"):
        base = statistics.median(run[unit] for run in bare)
        own = statistics.median(run[unit] for run in ours)
        paired = sorted(one[unit] / other[unit] for one, other in zip(ours, bare, strict=True))
        print(f"{unit}: bare {base:.3f}, clusop {own:.3f}, ratio of medians {own / base:.2f} "
              f"(paired {paired[0]:.2f} to {paired[-1]:.2f}); must be at most 2.5")  # fmt: skip
    print(f"peak memory: bare {max(run['peak_mb'] for run in bare):.0f} MB, "
          f"clusop {max(run['peak_mb'] for run in ours):.0f} MB; must be at most 250")  # fmt: skip
    print(f"read: {ours[0]['queries']:.0f} queries, {ours[0]['stages']:.0f} stages, {ours[0]['tasks']:.0f} tasks, "
          f"{ours[0]['run_s']:.1f} s of run time")  # fmt: skip


def _run_grown(log: Path, size_mb: int) -> None:
    small = _measured(_OURS, log)
    with tempfile.TemporaryDirectory() as folder:
        grown = Path(folder) / "grown.zstd"
        written_mb, plain_mb = _grow(log, grown, size_mb)
        large = _measured(_OURS, grown)
    print(f"original: {plain_mb:.0f} MB of JSON, {small['cpu_s']:.2f} s CPU, peak {small['peak_mb']:.0f} MB, "
          f"{small['tasks']:.0f} tasks")  # fmt: skip
    print(f"grown:    {written_mb:.0f} MB of JSON, {large['cpu_s']:.2f} s CPU, peak {large['peak_mb']:.0f} MB, "
          f"{large['tasks']:.0f} tasks; must be at most 300 MB")  # fmt: skip
    per_mb = large["cpu_s"] / written_mb / (small["cpu_s"] / plain_mb)
    print(f"time per MB, grown over original: {per_mb:.2f} (1 is linear)")


def _grow(log: Path, target: Path, size_mb: int) -> tuple[float, float]:
    """Write ``log`` again with every task event repeated as often as the size needs; returns both sizes in MB of JSON."""
    import zstandard

    plain_bytes = sum(len(line) for line in _lines(log))
    task_bytes = sum(len(line) for line in _lines(log) if line.startswith(_TASK_END))
    times = max(1, round((size_mb * _MB - (plain_bytes - task_bytes)) / max(task_bytes, 1)))
    written = 0
    with target.open("wb") as raw, zstandard.ZstdCompressor().stream_writer(raw) as file:
        for line in _lines(log):
            for _ in range(times if line.startswith(_TASK_END) else 1):
                file.write(line)
                written += len(line)
    return written / _MB, plain_bytes / _MB


def _lines(log: Path) -> Iterator[bytes]:
    import zstandard

    with log.open("rb") as file:
        yield from io.BufferedReader(zstandard.ZstdDecompressor().stream_reader(file, read_across_frames=True))


if __name__ == "__main__":
    sys.exit(main())

"""What the ``.pth`` line costs a Python start outside Spark: 300 paired starts with and without it, and the line alone.

Two bare virtual environments of one interpreter hold the same wheel (built here, if none is named); one of them lacks the
``.pth``. The pairs run in random order, so that the machine's noise falls on both. A start computes and waits for nothing,
so what is judged is the processor time of the whole process, which is what the clock shows on an idle machine; the clock's
own figure is printed beside it. The bound is the distribution-free one of order statistics. Ends with 1 where DESIGN's limits
do not hold: 0.2 ms for the upper 95 % bound of the paired median, 50 µs for the line, not one module loaded by it.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from math import comb
from pathlib import Path
from typing import NamedTuple

__all__ = ["main", "upper_bound_of_median"]

REPOSITORY = Path(__file__).resolve().parents[2]
_LINE = REPOSITORY / "clusop_autoload.pth"
_MOST_OVER_BARE_MS = 0.2
_MOST_LINE_US = 50.0
_LINE_REPEATS = 2000
_LINE_ROUNDS = 25
_ARMED_BY = ("DATABRICKS_RUNTIME_VERSION", "PYSPARK_GATEWAY_PORT", "SPARK_ENV_LOADED", "CLUSOP_ARM")


def upper_bound_of_median(values: list[float], confidence: float = 0.95) -> float:
    """The smallest order statistic that lies above the true median with at least ``confidence`` (binomial, one-sided)."""
    ordered = sorted(values)
    count = len(ordered)
    below = 0
    for rank in range(count):
        below += comb(count, rank)
        if below >= confidence * 2**count:
            return ordered[rank]
    return ordered[-1]


def _environment() -> dict[str, str]:
    return {
        name: value for name, value in os.environ.items() if name not in _ARMED_BY and not name.startswith("CLUSOP")
    }


def _make(folder: Path, wheel: Path) -> Path:
    venv.create(folder, with_pip=False, symlinks=True)
    interpreter = folder / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", str(interpreter), "install", "--quiet", "--no-deps", "--no-index"]
    subprocess.run([*pip, "--disable-pip-version-check", str(wheel)], check=True)
    return interpreter


def _built_wheel(folder: Path) -> Path:
    program = f"import hatchling.build; print(hatchling.build.build_wheel({str(folder)!r}))"
    done = subprocess.run([sys.executable, "-c", program], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    return folder / done.stdout.split()[-1]


class _Start(NamedTuple):
    """One start of Python: by the clock, and processor time, in ms."""

    wall_ms: float
    cpu_ms: float


def _start(interpreter: Path, environment: dict[str, str]) -> _Start:
    began = time.perf_counter_ns()
    _, _, used = os.wait4(os.posix_spawn(interpreter, [str(interpreter), "-c", "pass"], environment), 0)
    return _Start((time.perf_counter_ns() - began) / 1e6, (used.ru_utime + used.ru_stime) * 1e3)


def _line_us(interpreter: Path, environment: dict[str, str]) -> float:
    """Median processor time of the line itself, compiled as ``site`` does (``exec`` of its text), µs."""
    program = (
        "import json, os, sys, time\n"
        f"line = open({str(_LINE)!r}, encoding='utf-8').readline()\n"
        "rounds = []\n"
        f"for _ in range({_LINE_ROUNDS}):\n"
        "    began = time.thread_time_ns()\n"
        f"    for _ in range({_LINE_REPEATS}):\n"
        "        exec(line)\n"
        f"    rounds.append((time.thread_time_ns() - began) / {_LINE_REPEATS} / 1e3)\n"
        "print(json.dumps(sorted(rounds)))\n"
    )
    done = subprocess.run([interpreter, "-c", program], env=environment, capture_output=True, text=True, check=True)
    return float(statistics.median(json.loads(done.stdout)))


def _modules(interpreter: Path, environment: dict[str, str]) -> set[str]:
    """What a plain start loads."""
    command = [str(interpreter), "-c", "import sys; print(*sys.modules)"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def main() -> int:
    """Measure and print; ``--json`` for a machine."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("wheel", type=Path, nargs="?", help="a built wheel; without it one is built from the tree")
    parser.add_argument("--pairs", type=int, default=300)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    environment = _environment()
    with tempfile.TemporaryDirectory(prefix="clusop-startup-") as scratch:
        wheel = options.wheel.resolve() if options.wheel is not None else _built_wheel(Path(scratch))
        armed, bare = _make(Path(scratch) / "with", wheel), _make(Path(scratch) / "without", wheel)
        lines = list((bare.parent.parent / "lib").glob("*/site-packages/clusop_autoload.pth"))
        if len(lines) != 1:
            print("the wheel holds no clusop_autoload.pth at its root", file=sys.stderr)
            return 2
        lines[0].unlink()
        for interpreter in (bare, armed):  # byte code and page cache
            _start(interpreter, environment)
        pairs: list[tuple[_Start, _Start]] = []
        order = random.Random(0)
        for _ in range(options.pairs):
            if order.random() < 1 / 2:
                without = _start(bare, environment)
                pairs.append((without, _start(armed, environment)))
            else:
                with_line = _start(armed, environment)
                pairs.append((_start(bare, environment), with_line))
        differences = [with_line.cpu_ms - without.cpu_ms for without, with_line in pairs]
        wall = [with_line.wall_ms - without.wall_ms for without, with_line in pairs]
        bound_ms, line_us = upper_bound_of_median(differences), _line_us(armed, environment)
        modules = sorted(_modules(armed, environment) - _modules(bare, environment))
        told = {
            "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
            "pairs": len(pairs),
            "bare_median_ms": round(statistics.median(without.cpu_ms for without, _ in pairs), 3),
            "over_bare_median_ms": round(statistics.median(differences), 4),
            "over_bare_upper_95_ms": round(bound_ms, 4),
            "by_the_clock_median_ms": round(statistics.median(wall), 4),
            "by_the_clock_upper_95_ms": round(upper_bound_of_median(wall), 4),
            "line_us": round(line_us, 3),
            "modules_loaded_by_it": modules,
        }
    held = bound_ms <= _MOST_OVER_BARE_MS and line_us <= _MOST_LINE_US and not modules
    if options.json:
        print(json.dumps(told | {"held": held}, indent=1))
    else:
        for name, value in told.items():
            print(f"  {name:<27}{value}")
        print(f"  {'held' if held else 'NOT HELD'}: at most {_MOST_OVER_BARE_MS} ms, {_MOST_LINE_US:.0f} µs, no module")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())

"""What the ``.pth`` line costs a Python start outside Spark: 300 rounds of starts with and without it, and the line alone.

Four virtual environments of one interpreter hold the same wheel (built here, if none is named): as it is, without its ``.pth``,
and, for what no wording could save, with a ``.pth`` in its place that holds only a comment, or only ``import os``. Each round
starts all four in random order, so that the machine's noise falls on all; each is compared with the bare one of its round. A
start computes and waits for nothing, so what is judged is the processor time of the whole process, which is what the clock shows
on an idle machine; the clock's own figure is printed beside it. The bound is the distribution-free one of order statistics. Ends
with 1 where DESIGN's limits do not hold: 0.2 ms for the upper 95 % bound of the paired median, 50 µs for the line, not one module
loaded by it.
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
from dataclasses import asdict, dataclass
from math import comb
from pathlib import Path
from typing import NamedTuple

__all__ = ["Figures", "Over", "main", "upper_bound_of_median"]

REPOSITORY = Path(__file__).resolve().parents[2]
_LINE = REPOSITORY / "clusop_autoload.pth"
_MOST_OVER_BARE_MS = 0.2
_MOST_LINE_US = 50.0
_LINE_REPEATS = 2000
_LINE_ROUNDS = 25
_BARE, _OURS = "bare", "our line"
_FLOORS = {"only a comment": "# nothing\n", "only import os": "import os\n"}
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


def _sites(scratch: Path, wheel: Path) -> dict[str, Path]:
    """An interpreter for each thing that is compared, by its name; none where the wheel has no start line."""
    found = {}
    for name in (_BARE, _OURS, *_FLOORS):
        found[name] = _make(scratch / name.replace(" ", "-"), wheel)
        lines = list((found[name].parent.parent / "lib").glob("*/site-packages/clusop_autoload.pth"))
        if len(lines) != 1:
            return {}
        if name == _BARE:
            lines[0].unlink()
        elif name in _FLOORS:
            lines[0].write_text(_FLOORS[name], encoding="utf-8")
    return found


def _measured(sites: dict[str, Path], environment: dict[str, str], count: int) -> list[dict[str, _Start]]:
    """``count`` rounds of one start each."""
    for interpreter in sites.values():  # byte code and page cache
        _start(interpreter, environment)
    chance, rounds = random.Random(0), []
    for _ in range(count):
        order = sorted(sites, key=lambda _name: chance.random())
        rounds.append({name: _start(sites[name], environment) for name in order})
    return rounds


@dataclass(frozen=True, slots=True)
class Over:
    """What a start takes more than the bare one of its round, ms: the median, and what that is at most, with 95 %."""

    median_ms: float
    upper_95_ms: float


@dataclass(frozen=True, slots=True)
class Figures:
    """One run of the command. ``by_the_clock`` is told beside the processor time, and not judged."""

    machine: str
    rounds: int
    bare_median_ms: float
    over_bare: Over
    by_the_clock: Over
    floors_over_bare: dict[str, Over]
    line_us: float
    modules_loaded_by_it: list[str]

    @property
    def is_quick(self) -> bool:
        """Whether a whole start keeps its limit."""
        return self.over_bare.upper_95_ms <= _MOST_OVER_BARE_MS

    @property
    def held(self) -> bool:
        """Whether all limits are kept."""
        return self.is_quick and self.line_us <= _MOST_LINE_US and not self.modules_loaded_by_it

    @property
    def why_missed(self) -> str:
        """What of the limit is gone before our line says a word; ``""`` where it is kept."""
        told = " and ".join(
            f"one with {name} takes {floor.median_ms:.2f} ms (at most {floor.upper_95_ms:.2f} ms)"
            for name, floor in self.floors_over_bare.items()
        )
        return (
            ""
            if self.is_quick
            else (
                f"Of the {_MOST_OVER_BARE_MS} ms that a .pth may take over a bare environment, {told} on this machine: "
                "site reads the file and, in a virtual environment, runs each of its lines twice. The rest is our line's own."
            )
        )


def _over(rounds: list[dict[str, _Start]], name: str, field: str) -> Over:
    differences = [getattr(each[name], field) - getattr(each[_BARE], field) for each in rounds]
    return Over(round(statistics.median(differences), 4), round(upper_bound_of_median(differences), 4))


def _figures(sites: dict[str, Path], environment: dict[str, str], count: int) -> Figures:
    rounds = _measured(sites, environment, count)
    loaded = _modules(sites[_OURS], environment) - _modules(sites[_BARE], environment)
    return Figures(
        machine=f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        rounds=count,
        bare_median_ms=round(statistics.median(each[_BARE].cpu_ms for each in rounds), 3),
        over_bare=_over(rounds, _OURS, "cpu_ms"),
        by_the_clock=_over(rounds, _OURS, "wall_ms"),
        floors_over_bare={name: _over(rounds, name, "cpu_ms") for name in _FLOORS},
        line_us=round(_line_us(sites[_OURS], environment), 3),
        modules_loaded_by_it=sorted(loaded),
    )


def _print(found: Figures) -> None:
    over = {_OURS: found.over_bare, "by the clock": found.by_the_clock}
    over |= {f".pth with {name}": floor for name, floor in found.floors_over_bare.items()}
    print(f"  {found.machine}; {found.rounds} rounds; a bare start takes {found.bare_median_ms} ms")
    for name, each in over.items():
        print(f"  {name:<27}{each.median_ms:.3f} ms over bare, upper bound {each.upper_95_ms:.3f} ms")
    print(f"  {'the line alone':<27}{found.line_us} µs")
    print(f"  {'modules loaded by it':<27}{', '.join(found.modules_loaded_by_it) or 'none'}")
    print(
        f"  {'held' if found.held else 'NOT HELD'}: at most {_MOST_OVER_BARE_MS} ms, {_MOST_LINE_US:.0f} µs, no module"
    )
    if found.why_missed:
        print(f"  {found.why_missed}")


def main() -> int:
    """Measure and print; ``--json`` for a machine."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("wheel", type=Path, nargs="?", help="a built wheel; without it one is built from the tree")
    parser.add_argument("--rounds", type=int, default=300)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    environment = _environment()
    with tempfile.TemporaryDirectory(prefix="clusop-startup-") as scratch:
        wheel = options.wheel.resolve() if options.wheel is not None else _built_wheel(Path(scratch))
        sites = _sites(Path(scratch), wheel)
        if not sites:
            print("the wheel holds no clusop_autoload.pth at its root", file=sys.stderr)
            return 2
        found = _figures(sites, environment, options.rounds)
    if options.json:
        print(json.dumps(asdict(found) | {"held": found.held, "why_missed": found.why_missed}, indent=1))
    else:
        _print(found)
    return 0 if found.held else 1


if __name__ == "__main__":
    sys.exit(main())

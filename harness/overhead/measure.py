"""What the agent costs in the driver: callbacks by class of event, against other agents, memory, one large plan (DESIGN §13).

``make overhead`` (``LOG=`` names the event log to replay, compressed with zstd or not). Prints a table and writes
``.cache/overhead.json``. Nothing fails here: a busy machine's times are no test, so the load is told beside them.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from in_jvm import JvmError, answer_of
from peers import fetch_peers

from bench_plans import photon_plan
from prepare import CACHE

if TYPE_CHECKING:
    from collections.abc import Iterable

MIB = 1 << 20
_ROUNDS_OF_LOG = 10
_ROUNDS_OF_PLAN = 3000
_ROWS = 8
_FREQUENT_US = (1.0, None)
_LARGE_US = (20.0, 200.0)
_LARGE = ("SparkListenerStageCompleted", "SparkListenerSQLAdaptiveExecutionUpdate")
_MOST_AGENT_MS = 5.0
_MOST_PLAN_MS = 2.0
_MOST_KEPT_MIB = 16
_MOST_IN_FLIGHT_MIB = 64


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table: what, how much, and what it must be at most (``""``: told, not judged)."""

    what: str
    found: str
    must: str = ""
    holds: bool = True

    def __str__(self) -> str:
        mark = "" if not self.must else "  holds" if self.holds else "  MISSED"
        return f"  {self.what:<34} {self.found:<58} {self.must}{mark}"


def machine() -> dict[str, object]:
    """Where and beside how much else this was measured."""
    return {
        "system": f"{platform.system()} {platform.machine()}",
        "cores": os.cpu_count() or 0,
        "load_1_min": round(os.getloadavg()[0], 1),
    }


def decompressed(log: Path, folder: Path) -> Path:
    """The log as lines of JSON."""
    from clusop.eventlog import NotLocated, locate
    from clusop.eventlog.lines import LineStream

    located = locate(log)
    if isinstance(located, NotLocated):
        message = f"{log} is no event log"
        raise JvmError(message)
    out = folder / "log.jsonl"
    with out.open("wb") as stream:
        stream.writelines(line + b"\n" for line in LineStream(located[0]) if line.strip())
    return out


def callback_lines(told: dict[str, Any]) -> Iterable[Line]:
    """One line per class of event, then the agent's thread."""
    for name, each in sorted(told["classes"].items()):
        most_50, most_99 = _LARGE_US if name in _LARGE else _FREQUENT_US
        p50, p99, largest = (each[key] / 1e3 for key in ("p50_ns", "p99_ns", "max_ns"))
        cold = told["classes_cold"].get(name, {"p50_ns": 0})["p50_ns"] / 1e3
        must = f"p50 ≤ {most_50:.0f} µs" + (f", p99 ≤ {most_99:.0f} µs" if most_99 else "")
        yield Line(
            name.removeprefix("SparkListener"),
            f"p50 {p50:.2f}  p99 {p99:.1f}  max {largest:.0f} µs  ({each['count']}; cold p50 {cold:.2f})",
            must,
            p50 <= most_50 and (most_99 is None or p99 <= most_99),
        )
    yield Line("looking at the clock, in all above", f"p50 {told['clock']['p50_ns'] / 1e3:.2f} µs")
    agent_ms = told["agent_cpu_per_execution"]["p50_ns"] / 1e6
    cold = told["agent_cpu_cold_ns"] / 1e6
    yield Line(
        "agent's thread, CPU per execution",
        f"{agent_ms:.2f} ms warm, {cold:.1f} ms in the first round",
        f"≤ {_MOST_AGENT_MS:.0f} ms",
        agent_ms <= _MOST_AGENT_MS,
    )


def peer_lines(told: dict[str, Any]) -> Iterable[Line]:
    """One line per agent: medians per execution over the rows."""
    medians = {
        name: tuple(statistics.median(each[key]) for key in ("cpu_ns", "allocated_bytes"))
        for name, each in told["listeners"].items()
    }
    for name, (cpu, allocated) in medians.items():
        ours = name == "clusop"
        theirs = medians["openlineage"]
        retained = told["listeners"][name]["retained_bytes"]
        yield Line(
            f"{name}, per execution",
            f"{cpu / 1e6:.2f} ms CPU  {allocated / 1024:.0f} KiB allocated  {retained / 1024:.1f} KiB kept",
            "below openlineage's" if ours else "",
            cpu < theirs[0] and allocated < theirs[1],
        )


def memory_lines(many: dict[str, Any], overlapping: dict[str, Any]) -> Iterable[Line]:
    """After 100,000 executions, and with 1,000 in flight."""
    grown, peak = many["grown_bytes"] / MIB, overlapping["peak_bytes"] / MIB
    yield Line("kept after 100,000 executions", f"{grown:.2f} MiB", f"≤ {_MOST_KEPT_MIB} MiB", grown <= _MOST_KEPT_MIB)
    yield Line(
        "1,000 executions in flight", f"{peak:.1f} MiB", f"≤ {_MOST_IN_FLIGHT_MIB} MiB", peak <= _MOST_IN_FLIGHT_MIB
    )


def plan_line(told: dict[str, Any]) -> Line:
    """Plan, waste and confidence of one plan."""
    cpu_ms = told["plan"]["p50_ns"] / 1e6
    return Line(
        f"a plan of {told['operators']} operators",
        f"{cpu_ms:.2f} ms CPU to read, judge and price (p50)",
        f"≤ {_MOST_PLAN_MS:.0f} ms",
        cpu_ms <= _MOST_PLAN_MS,
    )


def measured(log: Path | None, scratch: Path) -> tuple[dict[str, Any], list[Line]]:
    """All figures, and their lines."""
    told: dict[str, Any] = {"machine": machine()}
    lines: list[Line] = []
    if log is not None:
        told["callbacks"] = answer_of("cost.ReplayedCost", str(decompressed(log, scratch)), str(_ROUNDS_OF_LOG))
        lines += callback_lines(told["callbacks"])
    (scratch / "plan.txt").write_text(photon_plan(505), encoding="utf-8")
    told["plan"] = answer_of("cost.PlanCost", str(scratch / "plan.txt"), str(_ROUNDS_OF_PLAN))
    lines.append(plan_line(told["plan"]))
    told["memory"] = {name: answer_of("CollectedScenarios", name) for name in ("many", "overlapping")}
    lines += memory_lines(told["memory"]["many"], told["memory"]["overlapping"])
    if peers := fetch_peers():
        (scratch / "run").mkdir()
        told["peers"] = answer_of("cost.PeerCost", str(scratch / "run"), str(_ROWS), more=tuple(peers), heap="2g")
        lines += peer_lines(told["peers"])
    else:
        lines.append(Line("other agents", "their jars could not be fetched"))
    told["machine"]["load_1_min_after"] = machine()["load_1_min"]
    return told, lines


def main() -> int:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument(
        "--log", type=Path, help="the event log whose events are replayed; without it no callback is timed"
    )
    parser.add_argument("--out", type=Path, default=CACHE / "overhead.json")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="clusop-overhead-") as name:
        try:
            told, lines = measured(options.log, Path(name))
        except JvmError as failure:
            print(failure, file=sys.stderr)
            return 2
    for line in lines:
        print(line)
    if options.log is None:
        print("  name an event log to time the callbacks too: make overhead LOG=FILE")
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(told, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""``make demo``: an ordinary PySpark script runs known workloads on real Spark with Comet, armed by clusop's ``.pth`` line alone.

It shows the signals the agent left, then reads the event log that Spark wrote of the same run, compares both, and makes the
report. Each workload says beforehand what is true of it, so the demo also tells whether clusop was right; it ends with 1 where
it was not, or where signals and log differ. Everything it writes lies under ``demo-out/`` and ``.cache/``. Without Comet (no
network, no Linux) it says so, runs plain Spark, and analyzes the Comet logs that ship with the tests besides.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

from application_run import Site, ensure_data
from find_java import find_java_home
from live_agreement import agreement_of, queries_of
from live_run import ARMED, SCRIPT, run_script, start_line_problem
from live_signals import left_in, table_of
from outcome import Outcome, outcomes_of
from prepare import REPOSITORY, fetch_jars
from workload import discover

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from live_run import LiveRun
    from session import Engine

__all__ = ["main"]

OUT = REPOSITORY / "demo-out"
_SHIPPED = REPOSITORY / "tests" / "data" / "eventlogs" / "comet"
_SHIPPED_LOGS = ("udfs.zstd", "operators.zstd")
_CLUSOP = [sys.executable, "-m", "clusop", "analyze"]


def _say(text: str) -> None:
    print(f"\n▸ {text}", flush=True)


def _analyze(logs: Sequence[Path], html: Path, report: Path) -> list[dict[str, Any]]:
    """Analyze through the public command: the table to the terminal, the HTML, the JSON. Returns the JSON's inputs."""
    paths = [str(log) for log in logs]
    # The terminal shows the table and the worst query; the page shows every one in full.
    shown = subprocess.run([*_CLUSOP, *paths, "--top", "1"], check=False)
    if shown.returncode != 0:
        raise SystemExit(f"clusop analyze ended with {shown.returncode}")
    with report.open("w", encoding="utf-8") as stream:
        subprocess.run([*_CLUSOP, *paths, "--json", "--html", str(html), "--top", "50"], stdout=stream, check=True)
    inputs: list[dict[str, Any]] = json.loads(report.read_text(encoding="utf-8"))["inputs"]
    return inputs


def _print_outcomes(outcomes: Sequence[Outcome]) -> None:
    width = max(len(outcome.workload) for outcome in outcomes)
    for outcome in outcomes:
        mark = "as expected " if outcome.is_right else "NOT EXPECTED"
        print(f"  {mark}  {outcome.workload:<{width}}  {outcome.sentence}")
    wrong = sum(not outcome.is_right for outcome in outcomes)
    print(f"  {len(outcomes) - wrong} of {len(outcomes)} as expected", flush=True)


def _show_signals(run: LiveRun, log: Path, engine: Engine) -> bool:
    """Show what the agent left and whether the event log of the run says the same. Returns whether all of it is well."""
    _say(f"The signals that left the script's driver, in {run.signals.relative_to(REPOSITORY)}")
    left = left_in(run.signals)
    if left.signals:
        print("  " + "\n  ".join(table_of(left.signals)))
    elif engine == "none":
        print("  none: without an engine nothing falls back, so there is no problem to tell of")
    faults = list(left.faults)
    if left.state is not None:
        counts = ", ".join(f"{many} {verdict}" for verdict, many in sorted(left.state.executions.items()))
        lost = sum(left.losses.values())
        print(
            f"  agent {left.state.agent[:8]}, armed by {', '.join(left.state.doors)}; executions: {counts}; lost: {lost}"
        )
        faults += ["the agent was not armed by the .pth line alone"] if left.state.doors != ("pth",) else []
        faults += [f"{many} records lost: {reason}" for reason, many in left.losses.items()]
    faults += [f"the script printed: {line}" for line in (*run.output, *run.errors) if "clusop" in line.lower()]
    if engine == "comet" and not left.signals:
        faults.append("there is no signal, and some workloads leave the engine on purpose")

    _say("Do the signals agree with the event log of the same run?")
    agreement = agreement_of(left, queries_of(log))
    for sentence in (*faults, *agreement.sentences()):
        print(f"  {sentence}")
    sys.stdout.flush()
    return agreement.is_whole and not faults


def main() -> int:
    """Run the demo. 0 if clusop was right about every workload, live and afterwards; 1 if not; 2 if Spark could not be run."""
    began = time.monotonic()
    _say("Looking for Java and the engine's jars")
    java_home = find_java_home()
    if java_home is None:
        print("  Spark needs Java 17 to 21: set JAVA_HOME.")
        return 2
    if problem := start_line_problem():
        print(f"  {problem}.")
        return 2
    jars = fetch_jars()
    engine: Engine = "none" if jars.comet is None else "comet"
    for sentence in jars.remarks:
        print(f"  {sentence}")
    print(f"  Java in {java_home}; " + ("running plain Spark instead" if engine == "none" else "Comet is ready"))

    _say("Making the data the workloads read (once)")
    try:
        data = ensure_data(java_home)
    except RuntimeError as error:
        print(f"  {error}")
        return 2

    chosen = [entry for entry in discover() if entry.in_demo and (jars.delta or not entry.needs_delta)]
    workloads = sorted(chosen, key=lambda entry: (entry.needs_delta, entry.expected.verdict != "native"))
    place = Site(OUT / "spark", data, jars, java_home)
    _say(
        f"Running {len(workloads)} workloads in an ordinary PySpark script, "
        f"{'with Comet' if engine == 'comet' else 'without an engine'}"
    )
    sink = {"CLUSOP_DIRECTORY": str(place.out / "signals")}
    settings = " ".join(f"{name}={value}" for name, value in ARMED.items())
    print(f"  {settings} python {SCRIPT.relative_to(REPOSITORY)}")
    print(
        "  The script does not import clusop. CLUSOP_ARM=1 alone arms it, by the .pth line in site-packages. The demo also sets"
    )
    print(
        "  CLUSOP_DIRECTORY, which says where the signals go: there is no aggregator yet, and without it none leaves the driver."
    )
    print(f"  (what Spark itself says goes to {(place.out / 'stderr.log').relative_to(REPOSITORY)})", flush=True)
    run = run_script(workloads, "clusop demo", engine, place, {**ARMED, **sink})
    astray = [workload.name for workload in workloads if workload.name not in run.rows]
    if run.event_log is None or run.exit_code != 0 or astray:
        print(f"  {', '.join(astray) or 'Spark'} did not run; see {run.error_text}")
        return 2
    agrees = _show_signals(run, run.event_log, engine)

    _say(f"clusop analyze {run.event_log.relative_to(REPOSITORY)}")
    inputs = _analyze([run.event_log], OUT / "report.html", OUT / "report.json")
    _say("Was clusop right?")
    outcomes = outcomes_of(workloads, inputs, engine_on=engine == "comet")
    _print_outcomes(outcomes)
    right = agrees and all(outcome.is_right for outcome in outcomes)

    if engine == "none" and _SHIPPED.is_dir():
        _say("Without Comet here: two logs of Comet runs that ship with the tests")
        shipped = _analyze(
            [_SHIPPED / name for name in _SHIPPED_LOGS], OUT / "report-comet.html", OUT / "report-comet.json"
        )
        recorded = [entry for entry in discover() if f"{entry.group}.zstd" in _SHIPPED_LOGS]
        outcomes = outcomes_of(recorded, shipped, engine_on=True)
        _print_outcomes(outcomes)
        right = right and all(outcome.is_right for outcome in outcomes)
    _say(f"Done in {time.monotonic() - began:.0f} s")
    for label, name in (("report", "report.html"), ("JSON", "report.json")):
        print(f"  {label:<8}{OUT / name}")
    print(f"  {'log':<8}{run.event_log}")
    print(f"  {'signals':<8}{run.signals}")
    return 0 if right else 1


if __name__ == "__main__":
    sys.exit(main())

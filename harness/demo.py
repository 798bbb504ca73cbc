"""``make demo``: an ordinary PySpark script runs known workloads on real Spark with Comet, armed by clusop's ``.pth`` line alone.

Its agent sends to an aggregator on this machine, which shows a page and posts a card to a stand-in for Teams. The demo shows the
signals that arrived, then reads the event log that Spark wrote of the same run, compares both, dollars too, and makes the
report. Each workload says beforehand what is true of it, so the demo also tells whether clusop was right; it ends with 1 where
it was not, or where signals and log differ. Everything it writes lies under ``demo-out/`` and ``.cache/``. Without Comet (no
network, no Linux) it says so, runs plain Spark, and analyzes the Comet logs that ship with the tests besides.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

from application_run import Site, ensure_data
from clusop.certify.workload import discover
from demo_dollars import AS_IF_ON, dollars_agree
from demo_service import DemoService
from find_java import find_java_home
from live_agreement import agreement_of, queries_of
from live_run import ARMED, SCRIPT, run_script, start_line_problem
from live_signals import table_of
from outcome import Outcome, outcomes_of
from prepare import REPOSITORY, fetch_jars
from render_card import browser_problem, library_problem, render

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from clusop.certify.workload import Workload
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


def _show_signals(run: LiveRun, log: Path, engine: Engine, service: DemoService) -> bool:
    """Show what the agent sent and whether the event log of the run says the same. Returns whether all of it is well."""
    _say("The signals that arrived at the aggregator")
    left = service.left()
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


def _run(workloads: Sequence[Workload], engine: Engine, place: Site, service: DemoService) -> bool | None:
    """Run the script, and look at what arrived and at its log. Whether all is right; ``None`` where Spark did not run."""
    endpoint = {"CLUSOP_ENDPOINT": service.url, "CLUSOP_TOKEN_FILE": str(service.token_file)}
    settings = " ".join(f"{name}={value}" for name, value in ARMED.items())
    print(f"  clusop serve is up at {service.url}")
    print(f"  {settings} python {SCRIPT.relative_to(REPOSITORY)}")
    print(
        "  The script does not import clusop. CLUSOP_ARM=1 alone arms it, by the .pth line in site-packages. The demo also sets"
    )
    print(
        "  CLUSOP_ENDPOINT and CLUSOP_TOKEN_FILE, which say where the signals go: without them none leaves the driver;"
    )
    print("  and the tags of a small cluster on AWS, so that there are prices: dollars as if it ran there.")
    print(f"  (what Spark itself says goes to {(place.out / 'stderr.log').relative_to(REPOSITORY)})", flush=True)
    run = run_script(workloads, "clusop demo", engine, place, {**ARMED, **endpoint})
    astray = [workload.name for workload in workloads if workload.name not in run.rows]
    if run.event_log is None or run.exit_code != 0 or astray:
        print(f"  {', '.join(astray) or 'Spark'} did not run; see {run.error_text}")
        return None
    right = _show_signals(run, run.event_log, engine, service)

    _say(f"clusop analyze {run.event_log.relative_to(REPOSITORY)}")
    inputs = _analyze([run.event_log], OUT / "report.html", OUT / "report.json")
    _say("Was clusop right?")
    outcomes = outcomes_of(workloads, inputs, engine_on=engine == "comet")
    _print_outcomes(outcomes)
    right = right and all(outcome.is_right for outcome in outcomes)
    if engine == "comet":
        _say("The page's dollars against those of the log, and the cards")
        right = dollars_agree(service.problems(), service.left().signals, queries_of(run.event_log)) and right
        cards = list(service.cards())
        print("  " + "\n  ".join(cards or ["no card arrived"]), flush=True)
        right = right and bool(cards)
    return right


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
    place = Site(OUT / "spark", data, jars, java_home, AS_IF_ON)
    _say(
        f"Running {len(workloads)} workloads in an ordinary PySpark script, "
        f"{'with Comet' if engine == 'comet' else 'without an engine'}"
    )
    shutil.rmtree(OUT / "service", ignore_errors=True)
    try:
        with DemoService(OUT / "service", os.environ) as service:
            right = _run(workloads, engine, place, service)
    except RuntimeError as error:
        print(f"  {error}")
        return 2
    if right is None:
        return 2

    if engine == "none" and _SHIPPED.is_dir():
        _say("Without Comet here: two logs of Comet runs that ship with the tests")
        shipped = _analyze(
            [_SHIPPED / name for name in _SHIPPED_LOGS], OUT / "report-comet.html", OUT / "report-comet.json"
        )
        recorded = [entry for entry in discover() if f"{entry.group}.zstd" in _SHIPPED_LOGS]
        outcomes = outcomes_of(recorded, shipped, engine_on=True)
        _print_outcomes(outcomes)
        right = right and all(outcome.is_right for outcome in outcomes)
    _say(f"Done in {time.monotonic() - began:.0f} s. Where to look:")
    for label, what in (
        ("report", OUT / "report.html"),
        ("JSON", OUT / "report.json"),
        ("log", OUT / "spark" / "eventlog"),
        *_cards(service),
        ("pages", shlex.join(service.again()).replace(sys.executable, ".venv/bin/python")),
    ):
        print(f"  {label:<8}{what}")
    print(f"  {'':<8}opens them again at {service.url}, where the cards' links lead: any user name, and as password")
    print(f"  {'':<8}{service.admin_token}")
    return 0 if right else 1


def _cards(service: DemoService) -> list[tuple[str, object]]:
    """Where the cards lie, as Teams would show them and as they were sent."""
    if not service.messages:
        return [("card", "none was sent: without an engine there is no problem to tell of")]
    if problem := library_problem():
        return [("card", f"{service.messages[0].parent} (as sent; not shown as Teams would: {problem})")]
    written = render(service.messages, OUT / "cards")
    shown = [path for path in written if not path.stem.endswith("-narrow")]
    lines = [("card" if number == 0 else "", path) for number, path in enumerate(sorted(shown))]
    return [*lines, *([("", f"no picture of it: {problem}")] if (problem := browser_problem()) else [])]


if __name__ == "__main__":
    sys.exit(main())

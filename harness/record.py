"""Runs every workload on real Spark with Comet and writes the logs the golden tests read.

    python harness/record.py [GROUP …] [--into FOLDER]

One Spark application, and so one log, per folder of workloads. Beside the logs stands ``expected.json``: for each log what the
workloads declare, and, as an independent oracle, what Comet itself said of every execution while it was alive.
"""

from __future__ import annotations

import argparse
import getpass
import json
import re
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import zstandard

from application_run import Site, ensure_data, run_application
from clusop.certify.workload import application_of, discover
from find_java import find_java_home
from prepare import CACHE, REPOSITORY, fetch_jars
from scrub import scrub_lines, scrub_text, traces_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from application_run import ApplicationRun
    from clusop.certify.workload import Workload
    from prepare import Jars

__all__ = ["RECORDED", "record"]

RECORDED = REPOSITORY / "tests" / "data" / "eventlogs" / "comet"
LARGEST_LOG_BYTES = 150_000

_START = "org.apache.spark.sql.execution.ui.SparkListenerSQLExecutionStart"
_RUN_ID = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")
_WORDS = ("native", "eligible", "reasons", "failed")


def _places(out: Path, data: Path, java_home: Path) -> dict[str, str]:
    """The machine's paths and names, and what is written in their stead."""
    places = {
        str(data): "/data/inputs",
        str(out / "scratch" / "tables"): "/data/tables",
        str(out): "/run",
        str(CACHE): "/clusop/.cache",
        str(REPOSITORY): "/clusop",
        sys.prefix: "/venv",
        sys.base_prefix: "/python",
        str(java_home): "/java",
    }
    # "/" or "/root" as text would stand inside other words: only the path of a folder below it is replaced.
    home = str(Path.home())
    places[f"{home}/"] = "/home/user/"
    if (host := socket.gethostname()) not in ("", "localhost"):
        places[host] = "host-1"
    return places


def _lines(log: Path) -> list[str]:
    with log.open("rb") as stream:
        text = zstandard.ZstdDecompressor().stream_reader(stream, read_across_frames=True).read().decode("utf-8")
    return text.splitlines()


def _write_log(run: ApplicationRun, places: Mapping[str, str], target: Path) -> list[dict[str, Any]]:
    """Scrub the run's log into ``target``; returns its events."""
    if run.event_log is None:
        message = f"Spark wrote no event log; what it said stands in {run.noise}"
        raise RuntimeError(message)
    scrubbed = list(scrub_lines(_lines(run.event_log), places))
    text = "\n".join(scrubbed) + "\n"
    forbidden = [place for place in places if place not in ("/python", "/java")]
    if left := traces_of(text, [*forbidden, f"/{getpass.getuser()}/"]):
        message = f"{target.name} still tells of this machine: {', '.join(left)}"
        raise RuntimeError(message)
    packed = zstandard.ZstdCompressor(level=19).compress(text.encode("utf-8"))
    if len(packed) > LARGEST_LOG_BYTES:
        message = (
            f"{target.name} is {len(packed):,} bytes; move workloads to another folder ({LARGEST_LOG_BYTES:,} at most)"
        )
        raise RuntimeError(message)
    target.write_bytes(packed)
    print(f"  {target.name}: {len(scrubbed):,} events, {len(packed):,} bytes", flush=True)
    return [json.loads(line) for line in scrubbed]


def _belongs_to(description: str, workload: str) -> bool:
    """Whether an execution with this description ran for the workload (a stream appends its ids to the query's name)."""
    return description == workload or description.startswith((f"{workload}\n", f"{workload}<br"))


def _expectation(
    workloads: Sequence[Workload], run: ApplicationRun, events: Sequence[Mapping[str, Any]], places: Mapping[str, str]
) -> dict[str, Any]:
    starts = {event["executionId"]: event for event in events if event["Event"] == _START}
    words = {entry["execution_id"]: entry for entry in json.loads(scrub_text(json.dumps(run.engine_words), places))}
    roots = {
        execution_id: starts.get(start.get("rootExecutionId"), start)["description"]
        for execution_id, start in starts.items()
    }
    return {
        "workloads": {
            workload.name: {
                "shows": workload.shows,
                "verdict": workload.expected.verdict,
                "causes": list(workload.expected.causes),
                "also": list(workload.expected.also),
                "failed": workload.fails_with("comet"),
                "executions": sorted(key for key, root in roots.items() if _belongs_to(root, workload.name)),
            }
            for workload in workloads
        },
        "executions": {
            str(execution_id): {
                "description": _RUN_ID.sub("…", start["description"]),
                **{key: words[execution_id][key] for key in _WORDS if execution_id in words},
            }
            for execution_id, start in sorted(starts.items())
        },
    }


def record(groups: Sequence[str], into: Path, jars: Jars) -> None:
    """Record the groups' logs into a folder and bring its ``expected.json`` up to date. Raises ``RuntimeError`` where a
    workload does not end as it declares, or a log would tell of this machine or be too large.
    """
    java_home = find_java_home()
    if java_home is None:
        message = "no Java was found"
        raise RuntimeError(message)
    data = ensure_data(java_home)
    into.mkdir(parents=True, exist_ok=True)
    kept = into / "expected.json"
    for group in groups:
        workloads = [workload for workload in discover() if workload.group == group]
        print(f"{group}: {len(workloads)} workloads", flush=True)
        out = CACHE / "record" / group
        run = run_application(workloads, f"clusop {group}", "comet", Site(out, data, jars, java_home))
        astray = [name for name, outcome in run.outcomes.items() if not outcome["as_declared"]]
        if astray or not run.outcomes:
            message = f"{', '.join(astray) or 'Spark'} did not end as declared; see {run.noise}"
            raise RuntimeError(message)
        places = _places(out, data, java_home)
        events = _write_log(run, places, into / f"{group}.zstd")
        expected = json.loads(kept.read_text(encoding="utf-8")) if kept.is_file() else {}
        expected[f"{group}.zstd"] = _expectation(workloads, run, events, places)
        kept.write_text(json.dumps(expected, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def main() -> int:
    """Record all groups, or those named."""
    groups = sorted({workload.group for workload in discover()})
    recorded = [group for group in groups if application_of(group).is_recorded]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("groups", nargs="*", help=f"of {', '.join(groups)}; the recorded ones where none is named")
    parser.add_argument("--into", type=Path, default=RECORDED)
    given = parser.parse_args()
    if unknown := set(given.groups) - set(groups):
        parser.error(f"no such group: {', '.join(sorted(unknown))}")
    jars = fetch_jars()
    if jars.comet is None or not jars.delta:
        print(" ".join(jars.remarks))
        return 2
    record(given.groups or recorded, given.into, jars)
    return 0


if __name__ == "__main__":
    sys.exit(main())

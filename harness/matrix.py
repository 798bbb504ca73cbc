"""``make matrix``: the built jars on every promised Spark, armed through every door, in front of queries of all fates.

For each version and door one process runs ``matrix_scenario.py``. It passes if every step went as planned, the agent saw every
execution that Spark saw, each exactly once, in every session and in both contexts, and no linkage error was printed.
``matrix.py [VERSION…] [--door NAME] [--jobs 2]``.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from build_jars import ROOT, main_jar
from find_java import find_java_home
from spark_versions import RELEASES, SparkRelease, installed_release

__all__ = ["DOORS", "Run", "main", "problems_of"]

_LISTENER = "com.clusop.listener.PhotonFallbackListener"
DOORS = {
    "conf-extra-listeners": {"spark.extraListeners": _LISTENER},
    "conf-query-listeners": {"spark.sql.queryExecutionListeners": _LISTENER},
    "conf-both": {"spark.extraListeners": _LISTENER, "spark.sql.queryExecutionListeners": _LISTENER},
    "python": {},
}
"""What opens each door: conf at start, or ``clusop.arm()`` where there is none."""
_BARE = "bare"
_CONTEXTS = 2
_FAILING_STEPS = frozenset({"fails", "is_cancelled", "fails_in_planning"})

_TIMEOUT_SECONDS = 1200
_LINKAGE = re.compile(
    r"\b(?:NoSuchMethodError|NoSuchFieldError|NoClassDefFoundError|AbstractMethodError|IncompatibleClassChangeError|VerifyError|"
    r"UnsupportedClassVersionError|BootstrapMethodError|ClassFormatError|IllegalAccessError|LinkageError|ClassCastException)\b"
)
# Spark's own, on some versions: a class it looks for and can do without.
_HARMLESS = re.compile(r"NativeCodeLoader|Unable to load native-hadoop")


@dataclass(frozen=True, slots=True)
class Run:
    """One version behind one door. ``result`` is what the scenario wrote, ``None`` where it wrote nothing."""

    version: str
    door: str
    result: dict[str, Any] | None
    stderr: str
    seconds: float


def problems_of(run: Run) -> list[str]:
    """What is wrong with a run; empty where it passes."""
    if run.result is None:
        return [f"the scenario ended early: {' / '.join(run.stderr.strip().splitlines()[-4:])[-600:]}"]
    problems = []
    if len(run.result["contexts"]) < _CONTEXTS:
        problems.append(f"the second context did not end: {' / '.join(run.stderr.strip().splitlines()[-4:])[-600:]}")
    problems += [f"printed {line.strip()[:300]}" for line in _linkage_lines(run.stderr)]
    for context in run.result["contexts"]:
        where = re.split(r"[\[:]", context["master"])[0]
        problems += [f"{where}: {name} {outcome}" for name, outcome in context["steps"].items() if outcome != "ok"]
        counted = Counter(row["execution"] for row in context["rows"])
        for execution, description in context["executions"].items():
            if counted[execution] != 1 and run.door != _BARE:
                problems.append(f"{where}: execution {execution} ({description}) was seen {counted[execution]} times")
        problems += [f"{where}: {fault}" for fault in _wrong_fates(context)]
    return problems


def _wrong_fates(context: dict[str, Any]) -> list[str]:
    """Executions whose end the agent tells otherwise than the step that ran them."""
    fates = {row["execution"]: row["status"] for row in context["rows"]}
    wrong = []
    for step, executions in context["by_step"].items():
        due = "failed" if step in _FAILING_STEPS else "succeeded"
        wrong += [
            f"execution {one} of {step} is {fates[one]}, {due} was due"
            for one in executions
            if one in fates and fates[one] != due and context["steps"][step] == "ok"
        ]
    return wrong


def _linkage_lines(stderr: str) -> list[str]:
    return [line for line in stderr.splitlines() if _LINKAGE.search(line) and not _HARMLESS.search(line)][:5]


def _command_of(release: SparkRelease, door: str) -> dict[str, str]:
    """The environment that puts one PySpark on the path and opens one door."""
    site = installed_release(release)
    kept = {
        key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "SPARK", "PYSPARK", "CLUSOP"))
    }
    conf = DOORS.get(door, {})
    submit = "".join(f"--conf {key}={value} " for key, value in conf.items())
    if conf:
        submit += f"--driver-class-path {main_jar(release.scala_binary)} "
    paths = [str(site)] + ([] if conf else [str(ROOT / "src")])
    return kept | {
        "PYTHONPATH": os.pathsep.join(paths),
        "PYSPARK_PYTHON": sys.executable,
        "PYSPARK_SUBMIT_ARGS": f"{submit}pyspark-shell",
        "SPARK_HOME": str(site / "pyspark"),
        "SPARK_LOCAL_IP": "127.0.0.1",
        # Without these two a local cluster looks for a build tree, and writes into its installation.
        "SPARK_SCALA_VERSION": release.scala_binary,
        "JAVA_HOME": str(find_java_home()),
    }


def _run(release: SparkRelease, door: str) -> Run:
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="clusop-matrix-") as name:
        folder = Path(name)
        out = folder / "out.json"
        environment = _command_of(release, door) | {"SPARK_WORKER_DIR": str(folder / "workers"), "TMPDIR": str(folder)}
        command = [
            sys.executable,
            "-s",
            str(ROOT / "harness" / "matrix_scenario.py"),
            "--door",
            door,
            "--out",
            str(out),
        ]
        stderr = _ended(command, environment, folder)
        result = json.loads(out.read_text(encoding="utf-8")) if out.is_file() else None
    return Run(release.version, door, result, stderr, time.monotonic() - start)


def _ended(command: list[str], environment: dict[str, str], folder: Path) -> str:
    """Run the scenario to its end, or end it and all it started; what it printed."""
    log = folder / "log"
    with log.open("wb") as stream:
        process = subprocess.Popen(
            command, env=environment, cwd=folder, stdout=stream, stderr=subprocess.STDOUT, start_new_session=True
        )
        try:
            process.wait(timeout=_TIMEOUT_SECONDS)
            late = ""
        except subprocess.TimeoutExpired:
            late = f"\nnot over after {_TIMEOUT_SECONDS} s"
        finally:
            # The JVM and the daemons of the cluster are in the scenario's own group; most are gone by now.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    return log.read_text(encoding="utf-8", errors="replace") + late


def _row(run: Run, problems: list[str]) -> str:
    contexts = [] if run.result is None else run.result["contexts"]
    steps = sum(len(context["steps"]) for context in contexts)
    seen = sum(len(context["executions"]) for context in contexts)
    word = "passed" if not problems else "FAILED"
    return f"{run.version:7} {run.door:21} {steps:3} steps {seen:4} executions {run.seconds:5.0f} s  {word}"


def main(arguments: list[str]) -> int:
    """Run and print the table; 1 where a cell failed."""
    parser = argparse.ArgumentParser(description="Arm on every promised Spark, by every door")
    parser.add_argument("versions", nargs="*", metavar="VERSION", help="default: all")
    parser.add_argument("--door", choices=[*DOORS, _BARE], action="append", help="default: all")
    parser.add_argument("--jobs", type=int, default=2, help="processes at a time")
    parser.add_argument("--logs", type=Path, default=ROOT / ".cache" / "matrix", help="where each run's output is kept")
    chosen = parser.parse_args(arguments)
    if unknown := set(chosen.versions) - {release.version for release in RELEASES}:
        parser.error(f"not among the releases of spark_versions.py: {', '.join(sorted(unknown))}")
    releases = [release for release in RELEASES if not chosen.versions or release.version in chosen.versions]
    for release in releases:
        installed_release(release)
    chosen.logs.mkdir(parents=True, exist_ok=True)
    cells = [(release, door) for release in releases for door in chosen.door or DOORS]
    passed = 0
    with ThreadPoolExecutor(chosen.jobs) as pool:
        for run in pool.map(lambda cell: _run(*cell), cells):
            problems = problems_of(run)
            passed += not problems
            (chosen.logs / f"{run.version}-{run.door}.log").write_text(run.stderr, encoding="utf-8")
            (chosen.logs / f"{run.version}-{run.door}.json").write_text(
                json.dumps(run.result, indent=1), encoding="utf-8"
            )
            print(_row(run, problems), flush=True)
            for problem in problems:
                print(f"        {problem}", flush=True)
    print(f"{passed} passed, {len(cells) - passed} failed")
    return 0 if passed == len(cells) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

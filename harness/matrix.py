"""``make matrix``: the built jars on every promised Spark, armed through every door, in front of queries of all fates.

For each version and door one process runs ``matrix_scenario.py``. What it wrote is judged by ``matrix_verdict.py``.
One at a time: each takes two cores. ``matrix.py [VERSION…] [--door NAME]``.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from build_jars import JARS, ROOT, alone, main_jar
from find_java import find_java_home
from matrix_verdict import Run, problems_of
from spark_versions import RELEASES, SparkRelease, installed_release
from standalone_cluster import QUICK_JVM

__all__ = ["BARE", "DOORS", "Door", "main"]

_LISTENER = "com.clusop.listener.PhotonFallbackListener"
_BOTH_KEYS = {"spark.extraListeners": _LISTENER, "spark.sql.queryExecutionListeners": _LISTENER}


@dataclass(frozen=True, slots=True)
class Door:
    """A way to arm. ``names`` are the doors that the agent must then tell of."""

    names: tuple[str, ...]
    conf: tuple[str, ...] = ()
    """The Spark conf keys that name the listener."""
    is_armed_by_line: bool = False
    """Whether ``CLUSOP_ARM=1`` lets the ``.pth`` line of the environment arm."""
    is_called: bool = False
    """Whether the scenario calls ``clusop.arm()``."""


_EXTRA, _QUERY = _BOTH_KEYS
DOORS = {
    "pth": Door(("pth",), is_armed_by_line=True),
    "arm": Door(("arm",), is_called=True),
    "extra-listeners": Door(("conf-extra-listeners",), conf=(_EXTRA,)),
    "query-listeners": Door(("conf-query-listeners",), conf=(_QUERY,)),
    "all-at-once": Door(
        ("conf-extra-listeners", "conf-query-listeners", "pth", "arm"),
        conf=(_EXTRA, _QUERY),
        is_armed_by_line=True,
        is_called=True,
    ),
}
BARE = Door(())
"""No door at all: the scenario itself, for who works on it."""

_TIMEOUT_SECONDS = 1200


@dataclass(frozen=True, slots=True)
class Cell:
    """One version behind one door. ``package`` is the copy of clusop that is tried."""

    release: SparkRelease
    door_name: str
    package: Path

    @property
    def door(self) -> Door:
        """The door of that name."""
        return DOORS.get(self.door_name, BARE)

    def environment(self, folder: Path) -> dict[str, str]:
        """What puts one PySpark on the path and opens one door."""
        site = installed_release(self.release)
        kept = {
            key: value
            for key, value in os.environ.items()
            if not key.startswith(("PYTHON", "SPARK", "PYSPARK", "CLUSOP"))
        }
        submit = f'--driver-java-options "{QUICK_JVM}" '
        submit += "".join(f"--conf {key}={_BOTH_KEYS[key]} " for key in self.door.conf)
        if self.door.conf:
            jar = self.package / "clusop" / "jars" / main_jar(self.release.scala_binary).name
            submit += f"--driver-class-path {jar} "
        if self.door.is_armed_by_line:
            kept["CLUSOP_ARM"] = "1"
        return kept | {
            "PYTHONPATH": os.pathsep.join([str(site), str(self.package)]),
            "PYSPARK_PYTHON": sys.executable,
            "PYSPARK_SUBMIT_ARGS": f"{submit}pyspark-shell",
            "SPARK_HOME": str(site / "pyspark"),
            "SPARK_LOCAL_IP": "127.0.0.1",
            # Without these two the daemons look for a build tree, and write into their installation.
            "SPARK_SCALA_VERSION": self.release.scala_binary,
            "SPARK_WORKER_DIR": str(folder / "workers"),
            "TMPDIR": str(folder),
            "JAVA_HOME": str(find_java_home()),
        }

    def run(self) -> Run:
        """Run the scenario and gather what it left."""
        start = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="clusop-matrix-") as name:
            folder = Path(name)
            out = folder / "out.json"
            script = str(ROOT / "harness" / "matrix_scenario.py")
            command = [sys.executable, "-s", script, "--door", self.door_name, "--out", str(out)]
            command += ["--armed"] if self.door.names else []
            command += ["--call"] if self.door.is_called else []
            exit_code, printed = _ended(command, self.environment(folder), folder)
            result = json.loads(out.read_text(encoding="utf-8")) if out.is_file() else None
        seconds = time.monotonic() - start
        return Run(self.release.version, self.door_name, self.door.names, result, printed, exit_code, seconds)


def _ended(command: list[str], environment: dict[str, str], folder: Path) -> tuple[int, str]:
    """Run the scenario to its end, or end it and all it started; its exit code and what it printed."""
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
    return process.returncode, log.read_text(encoding="utf-8", errors="replace") + late


def _frozen_package(folder: Path) -> Path:
    """A copy of clusop as it is now: whoever builds the jars anew meanwhile does not change what is tried."""
    with alone():
        shutil.copytree(JARS.parent, folder / "clusop", ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def _row(run: Run, problems: list[str]) -> str:
    contexts = [] if run.result is None else run.result["contexts"]
    steps = sum(len(context["steps"]) for context in contexts)
    seen = sum(len(context["executions"]) for context in contexts)
    word = "FAILED" if problems else "passed"
    return f"{run.version:6} {run.door:16} {steps:3} steps {seen:4} executions {run.seconds:5.0f} s  {word}"


def _table(runs: dict[tuple[str, str], tuple[Run, list[str]]]) -> str:
    """Versions down, doors across: the seconds of what passed."""
    versions = list(dict.fromkeys(version for version, _ in runs))
    doors = list(dict.fromkeys(door for _, door in runs))
    lines = ["", f"{'Spark':8}{'Scala':8}" + "".join(f"{door:>17}" for door in doors) + f"{'together':>12}"]
    for version in versions:
        scala = next(release.scala_binary for release in RELEASES if release.version == version)
        cells = [runs[version, door] for door in doors]
        words = ["FAILED" if problems else f"passed {run.seconds:4.0f} s" for run, problems in cells]
        together = sum(run.seconds for run, _ in cells)
        lines.append(f"{version:8}{scala:8}" + "".join(f"{word:>17}" for word in words) + f"{together:>10.0f} s")
    return "\n".join(lines)


def _keep(run: Run, logs: Path) -> None:
    logs.mkdir(parents=True, exist_ok=True)
    (logs / f"{run.version}-{run.door}.log").write_text(run.printed, encoding="utf-8")
    (logs / f"{run.version}-{run.door}.json").write_text(json.dumps(run.result, indent=1), encoding="utf-8")


def main(arguments: list[str]) -> int:
    """Run and print the table; 1 where a cell failed."""
    parser = argparse.ArgumentParser(description="Arm on every promised Spark, by every door")
    parser.add_argument("versions", nargs="*", metavar="VERSION", help="default: all")
    parser.add_argument("--door", choices=[*DOORS, "bare"], action="append", help="default: all")
    parser.add_argument("--logs", type=Path, default=ROOT / ".cache" / "matrix", help="where each run's output is kept")
    chosen = parser.parse_args(arguments)
    if unknown := set(chosen.versions) - {release.version for release in RELEASES}:
        parser.error(f"not among the releases of spark_versions.py: {', '.join(sorted(unknown))}")
    releases = [release for release in RELEASES if not chosen.versions or release.version in chosen.versions]
    for release in releases:
        installed_release(release)
    done: dict[tuple[str, str], tuple[Run, list[str]]] = {}
    # Ended from outside, it still ends the JVMs it started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended from outside"))
    with tempfile.TemporaryDirectory(prefix="clusop-package-") as name:
        package = _frozen_package(Path(name))
        for cell in [Cell(release, door, package) for release in releases for door in chosen.door or DOORS]:
            run = cell.run()
            problems = problems_of(run)
            done[run.version, run.door] = run, problems
            _keep(run, chosen.logs)
            print(_row(run, problems), flush=True)
            for problem in problems:
                print(f"       {problem}", flush=True)
    failed = sum(bool(problems) for _, problems in done.values())
    print(f"{_table(done)}\n{len(done) - failed} passed, {failed} failed")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

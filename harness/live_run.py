"""Starts ``demo_script.py`` in a process of its own, armed by the ``.pth`` line or not, and reads what it leaves."""

from __future__ import annotations

import json
import os
import shutil
import site
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from clusop.certify.workload import application_of
from prepare import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from application_run import Site
    from clusop.certify.workload import Workload
    from session import Engine

__all__ = ["ARMED", "SCRIPT", "LiveRun", "run_script", "start_line_problem"]

ARMED = {"CLUSOP_ARM": "1"}
"""All that arms the script: it says to the ``.pth`` line that this plain ``python`` is a driver."""
SCRIPT = REPOSITORY / "harness" / "demo_script.py"
_LINE = "clusop_autoload.pth"
# Another Spark on the machine would be started in place of the venv's, and other settings of ours would be no demo.
_NOT_INHERITED = ("SPARK_HOME", "SPARK_CONF_DIR", "PYSPARK_SUBMIT_ARGS", "PYSPARK_GATEWAY_PORT", "SPARK_ENV_LOADED")


@dataclass(frozen=True, slots=True)
class LiveRun:
    """What the script left: its event log (``None`` where Spark did not start), the sorted rows of each query that ran, the
    lines it wrote, its exit code. ``signals`` is the folder for the agent's records, ``error_text`` the file of its stderr.
    """

    exit_code: int
    event_log: Path | None
    rows: Mapping[str, Sequence[str]]
    output: Sequence[str]
    signals: Path
    error_text: Path

    @property
    def errors(self) -> list[str]:
        """The lines on standard error."""
        return self.error_text.read_text(encoding="utf-8", errors="replace").splitlines()


def start_line_problem() -> str:
    """Why the interpreter's ``site-packages`` would not arm a script; ``""`` where the tree's ``.pth`` line is installed."""
    ours = (REPOSITORY / _LINE).read_bytes()
    for folder in site.getsitepackages():
        installed = Path(folder) / _LINE
        if installed.is_file():
            return "" if installed.read_bytes() == ours else f"{installed} is of another clusop: run `make jars`"
    return f"{_LINE} is not in site-packages: run `make jars`, which installs clusop"


def run_script(
    workloads: Sequence[Workload], application: str, engine: Engine, place: Site, environment: Mapping[str, str]
) -> LiveRun:
    """Run the workloads as one PySpark job. ``place.out`` is emptied first. ``environment`` is all of clusop's variables that
    the script gets; its lines of output are also printed here.
    """
    out = place.out.resolve()
    shutil.rmtree(out, ignore_errors=True)
    signals = out / "signals"
    signals.mkdir(parents=True)
    declared = application_of(workloads[0].group)
    job = {
        "application": application,
        "engine": engine,
        "comet_jar": str(place.jars.comet or ""),
        "delta_jars": [str(jar) for jar in place.jars.delta],
        "master": declared.master,
        "settings": {**declared.settings, **place.conf},
        "data": str(place.data.resolve()),
        "workloads": [workload.name for workload in workloads],
    }
    (out / "job.json").write_text(json.dumps(job, indent=1), encoding="utf-8")
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("CLUSOP_", "DATABRICKS_")) and name not in _NOT_INHERITED
    }
    own = {"JAVA_HOME": str(place.java_home), "SPARK_LOCAL_HOSTNAME": "localhost", "PYTHONUNBUFFERED": "1"}
    output: list[str] = []
    with (
        (out / "stderr.log").open("wb") as errors,
        subprocess.Popen(
            [sys.executable, str(SCRIPT), str(out)],
            env={**inherited, **own, **environment},
            cwd=out,
            stdout=subprocess.PIPE,
            stderr=errors,
            encoding="utf-8",
            errors="replace",
        ) as process,
    ):
        for line in process.stdout or ():
            output.append(line.rstrip("\n"))
            if line.startswith("  "):  # the script's own; the engine's native library writes others
                print(line, end="", flush=True)
    logs = sorted((out / "eventlog").glob("*")) if (out / "eventlog").is_dir() else []
    kept = out / "rows.json"
    rows = json.loads(kept.read_text(encoding="utf-8")) if kept.is_file() else {}
    return LiveRun(process.returncode, logs[-1] if logs else None, rows, output, signals, out / "stderr.log")

"""Starts ``spark_app.py`` and ``dataset.py`` in processes of their own and reads what they leave."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from clusop.certify.dataset import RECIPE, is_made
from clusop.certify.workload import application_of
from prepare import CACHE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from clusop.certify.workload import Workload
    from prepare import Jars
    from session import Engine

__all__ = ["ApplicationRun", "Site", "ensure_data", "run_application"]

_HERE = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class ApplicationRun:
    """What one Spark application left: its event log (``None`` where Spark did not start), what became of each workload
    by name (``seconds``, ``error``, ``as_declared``), the engine's words by execution, and the noise it made.
    """

    event_log: Path | None
    outcomes: Mapping[str, Mapping[str, Any]]
    engine_words: Sequence[Mapping[str, Any]]
    noise: Path


@dataclass(frozen=True, slots=True)
class Site:
    """Where an application runs: the folder for what it leaves, the tables it reads, the jars and the Java it runs with.

    ``conf`` is Spark's, besides what the application's group declares.
    """

    out: Path
    data: Path
    jars: Jars
    java_home: Path
    conf: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


def _environment(java_home: Path) -> dict[str, str]:
    environment = dict(os.environ, SPARK_LOCAL_HOSTNAME="localhost", PYTHONUNBUFFERED="1")
    # A Spark elsewhere on the machine would be started in place of the venv's.
    for name in ("SPARK_HOME", "SPARK_CONF_DIR", "PYSPARK_SUBMIT_ARGS"):
        environment.pop(name, None)
    environment["JAVA_HOME"] = str(java_home)
    return environment


def ensure_data(java_home: Path) -> Path:
    """The folder with the tables the workloads read, made on the first call. Raises ``RuntimeError`` with the reason."""
    folder = CACHE / "workload-data" / RECIPE
    if not is_made(folder):
        made = subprocess.run(
            [sys.executable, str(_HERE / "dataset.py"), str(folder)],
            env=_environment(java_home),
            capture_output=True,
            text=True,
            check=False,
        )
        if made.returncode != 0:
            message = f"Spark could not write the workloads' data: {_last_line(made.stderr)}"
            raise RuntimeError(message)
    return folder


def _last_line(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "it said nothing"


def run_application(workloads: Sequence[Workload], application: str, engine: Engine, site: Site) -> ApplicationRun:
    """Run the workloads in one Spark application of that name. ``site.out`` is emptied first. All workloads of a call share
    the master and the settings of the first one's group.
    """
    out = site.out
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    declared = application_of(workloads[0].group)
    command = [sys.executable, str(_HERE / "spark_app.py")]
    command += ["--out", str(out), "--data", str(site.data), "--engine", engine, "--application", application]
    command += ["--master", declared.master, *site.jars.arguments()]
    command += [part for key, value in declared.settings.items() for part in ("--setting", f"{key}={value}")]
    command += [workload.name for workload in workloads]
    subprocess.run(command, env=_environment(site.java_home), cwd=out, check=False)
    logs = sorted((out / "eventlog").glob("*")) if (out / "eventlog").is_dir() else []
    left = out / "outcomes.json"
    told = json.loads(left.read_text(encoding="utf-8")) if left.is_file() else {"workloads": {}, "engine_words": []}
    return ApplicationRun(logs[-1] if logs else None, told["workloads"], told["engine_words"], out / "spark.log")

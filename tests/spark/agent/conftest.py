"""A PySpark script as a customer would run it, with the listener's jar on the driver's class path and conf keys set."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

HERE = Path(__file__).parent
REPOSITORY = HERE.parents[2]
sys.path.insert(0, str(REPOSITORY / "harness"))

DEADLINE_S = 240

# What differs between two runs of one script: Spark's times, its ports and temporary directories.
NOISE = (
    (re.compile(r"\d\d/\d\d/\d\d \d\d:\d\d:\d\d"), "<time>"),
    (re.compile(r"(?:spark|blockmgr|artifacts)-[0-9a-f-]{36}"), "<dir>"),
    (re.compile(r"\d+\.\d+\.\d+\.\d+(:\d+)?"), "<address>"),
)


@dataclass(frozen=True)
class Ran:
    """What a script left behind. ``told`` is what it printed with ``tell``, by name."""

    code: int
    rows: list[str]
    told: dict[str, object]
    stderr: list[str]

    @property
    def ours(self):
        return [line for line in self.stderr if line.startswith("clusop: ")]

    @property
    def others(self):
        return [line for line in self.stderr if not line.startswith("clusop: ")]


def quiet_lines(text):
    for pattern, stand_in in NOISE:
        text = pattern.sub(stand_in, text)
    return [line for line in text.splitlines() if line.strip()]


def built(path):
    if not path.is_file():
        pytest.skip("the jars are not built (make jars)")
    return path


@pytest.fixture(scope="session")
def listener_jar():
    from build_jars import main_jar

    return built(main_jar("2.12"))


@pytest.fixture(scope="session")
def wrong_scala_jar():
    from build_jars import main_jar

    return built(main_jar("2.13"))


@pytest.fixture(scope="session")
def probe_jar():
    from build_jars import probe_jar

    return built(probe_jar("2.12"))


def _runner(java_home, directory):
    def run(script, class_path=(), conf=None, env=None, arguments=()):
        settings = {
            "spark.ui.enabled": "false",
            "spark.ui.showConsoleProgress": "false",
            "spark.driver.host": "127.0.0.1",
            "spark.sql.shuffle.partitions": "2",
            "spark.sql.warehouse.dir": str(directory / "warehouse"),
            **(conf or {}),
        }
        if class_path:
            settings["spark.driver.extraClassPath"] = os.pathsep.join(map(str, class_path))
        submit = [part for key, value in settings.items() for part in ("--conf", f"{key}={value}")]
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("CLUSOP", "SPARK", "PYSPARK"))
        }
        environment = kept | {
            "JAVA_HOME": str(java_home),
            "PYSPARK_SUBMIT_ARGS": subprocess.list2cmdline(["--master", "local[2]", *submit, "pyspark-shell"]),
            "PYTHONPATH": str(HERE / "scripts"),
            **(env or {}),
        }
        command = [sys.executable, str(HERE / "scripts" / script), *map(str, arguments)]
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=DEADLINE_S, env=environment, cwd=directory, check=False
        )
        lines = done.stdout.splitlines()
        told = dict(json.loads(line.removeprefix("TELL ")) for line in lines if line.startswith("TELL "))
        rows = [line for line in lines if not line.startswith("TELL ")]
        return Ran(done.returncode, rows, told, quiet_lines(done.stderr))

    return run


@pytest.fixture
def run_script(java_home, tmp_path):
    """Run a script of this folder; ``class_path`` and ``conf`` reach Spark as ``spark-submit`` would hand them over."""
    return _runner(java_home, tmp_path)


@pytest.fixture(scope="module")
def run_script_module(java_home, tmp_path_factory):
    """The same, for a run that several tests look at."""
    return _runner(java_home, tmp_path_factory.mktemp("run"))


@pytest.fixture(scope="session")
def bare(java_home, tmp_path_factory):
    """The ordinary job without any of us."""
    done = _runner(java_home, tmp_path_factory.mktemp("bare"))("job.py")
    assert done.code == 0, done.stderr
    return done

"""A PySpark script as a user runs it, in a Python whose site directory holds the start line and jars of our choice."""

from __future__ import annotations

import hashlib
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
SOURCE = REPOSITORY / "src" / "clusop"
sys.path[:0] = [str(REPOSITORY / "harness"), str(REPOSITORY / "tests" / "unit" / "runtime")]

DEADLINE_S = 300
# What differs between two runs of one script: Spark's times, ports, process ids and temporary directories.
NOISE = (
    (re.compile(r"\d\d/\d\d/\d\d \d\d:\d\d:\d\d"), "<time>"),
    (re.compile(r"(?:spark|blockmgr)-[0-9a-f-]{36}"), "<dir>"),
    (re.compile(r"\d+\.\d+\.\d+\.\d+(:\d+)?"), "<address>"),
    (re.compile(r"0x[0-9a-f]+|:\d{4,5}\b"), "<number>"),
)


@dataclass(frozen=True)
class Ran:
    """What a script left behind. ``told`` is what it printed with ``tell``."""

    code: int
    rows: list[str]
    told: dict[str, object]
    stderr: list[str]

    @property
    def ours(self):
        return [line for line in self.stderr if line.startswith("clusop: ")]

    @property
    def job(self):
        """What the user sees of the job itself."""
        return self.code, self.rows, [line for line in self.stderr if not line.startswith("clusop: ")]


@pytest.fixture(scope="session")
def listener_jar():
    from build_jars import main_jar

    jar = main_jar("2.12")
    if not jar.is_file():
        pytest.skip("the jars are not built (make jars)")
    return jar.read_bytes()


@pytest.fixture(scope="session")
def site(tmp_path_factory, listener_jar):
    """Make a site directory: the package as it is in the tree, the start line, and ``jar`` listed with the hash of ``listed``."""

    def make(jar=listener_jar, listed=None):
        folder = tmp_path_factory.mktemp("site")
        package = folder / "clusop"
        (package / "jars").mkdir(parents=True)
        for path in SOURCE.iterdir():
            if path.name not in {"jars", "__pycache__"}:
                (package / path.name).symlink_to(path)
        name = "clusop-listener_2.12.jar"
        if jar is not None:
            (package / "jars" / name).write_bytes(jar)
        sha256 = hashlib.sha256(listed or jar or b"").hexdigest()
        document = {"clusop_jars": 1, "jars": {"2.12": {"file": name, "sha256": sha256}}, "version": "0.1.0"}
        (package / "jars" / "jars.json").write_text(json.dumps(document))
        (folder / "clusop_autoload.pth").write_bytes((REPOSITORY / "clusop_autoload.pth").read_bytes())
        # As in a venv, the directory's .pth files are run twice; the interpreter's own may hold another clusop.
        twice = (
            f"import site, sys; sys.path.insert(0, {str(folder)!r}); [site.addsitedir({str(folder)!r}) for _ in '12']\n"
        )
        (folder / "sitecustomize.py").write_text(twice)
        return folder

    return make


@pytest.fixture(scope="session")
def whole_site(site):
    return site()


@pytest.fixture(scope="session")
def run_job(java_home, tmp_path_factory):
    """Run a script of ``jobs`` with the start line of ``folder``; ``None``: without any of us."""

    def run(script, folder=None, **environment):
        where = tmp_path_factory.mktemp("job")
        settings = {
            "spark.ui.enabled": "false",
            "spark.ui.showConsoleProgress": "false",
            "spark.driver.host": "127.0.0.1",
            "spark.sql.shuffle.partitions": "2",
            "spark.sql.warehouse.dir": str(where / "warehouse"),
        }
        submit = [part for key, value in settings.items() for part in ("--conf", f"{key}={value}")]
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("CLUSOP", "SPARK", "PYSPARK"))
        }
        env = kept | {
            "JAVA_HOME": str(java_home),
            "PYSPARK_SUBMIT_ARGS": subprocess.list2cmdline(["--master", "local[2]", *submit, "pyspark-shell"]),
            "PYTHONPATH": str(folder or ""),
            **environment,
        }
        done = subprocess.run(
            [sys.executable, str(HERE / "jobs" / script)],
            capture_output=True,
            text=True,
            timeout=DEADLINE_S,
            env=env,
            cwd=where,
            check=False,
        )
        lines = done.stdout.splitlines()
        told = dict(json.loads(line.removeprefix("TELL ")) for line in lines if line.startswith("TELL "))
        stderr = done.stderr
        for pattern, stand_in in NOISE:
            stderr = pattern.sub(stand_in, stderr)
        rows = [line for line in lines if not line.startswith("TELL ")]
        return Ran(done.returncode, rows, told, [line for line in stderr.splitlines() if line.strip()])

    return run


@pytest.fixture(scope="session")
def bare(run_job):
    """The plain job without any of us."""
    done = run_job("plain_job.py")
    assert done.code == 0, done.stderr
    return done

"""PySpark scripts as users run them, in a Python whose site directory holds the start line and jars of our choice.

Shared by the folders beside: what a script left behind, without what differs between any two runs of Spark.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

REPOSITORY = Path(__file__).resolve().parents[2]
SOURCE = REPOSITORY / "src" / "clusop"
JAR_NAME = "clusop-listener_2.12.jar"
START_LINE = "clusop_autoload.pth"
# Nothing of ours or Spark's may take this long: past it something hangs.
HANG_S = 300
# Spark's times, ports, process ids and temporary directories.
NOISE = (
    (re.compile(r"\d\d/\d\d/\d\d \d\d:\d\d:\d\d"), "<time>"),
    (re.compile(r"(?:spark|blockmgr|artifacts)-[0-9a-f-]{36}"), "<dir>"),
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


def plain_lines(text: str) -> list[str]:
    for pattern, stand_in in NOISE:
        text = pattern.sub(stand_in, text)
    return [line for line in text.splitlines() if line.strip()]


def make_site(folder: Path, jar: bytes | None, listed: bytes | None = None) -> Path:
    """The package as it is in the tree, the start line, and ``jar`` listed with the hash of ``listed``."""
    package = folder / "clusop"
    (package / "jars").mkdir(parents=True)
    for path in SOURCE.iterdir():
        if path.name not in {"jars", "__pycache__"}:
            (package / path.name).symlink_to(path)
    if jar is not None:
        (package / "jars" / JAR_NAME).write_bytes(jar)
    sha256 = hashlib.sha256(listed or jar or b"").hexdigest()
    document = {"clusop_jars": 1, "jars": {"2.12": {"file": JAR_NAME, "sha256": sha256}}, "version": "0.1.0"}
    (package / "jars" / "jars.json").write_text(json.dumps(document))
    (folder / START_LINE).write_bytes((REPOSITORY / START_LINE).read_bytes())
    # As in a venv, the directory's .pth files are run twice; the interpreter's own may hold another clusop.
    twice = f"import site, sys; sys.path.insert(0, {str(folder)!r}); [site.addsitedir({str(folder)!r}) for _ in '12']\n"
    (folder / "sitecustomize.py").write_text(twice)
    return folder


def job_environment(
    java_home: Path, where: Path, site: Path | None, conf: dict[str, str] | None = None
) -> dict[str, str]:
    """What a job's process gets: nothing of ours and of another Spark but what is named here."""
    settings = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.driver.host": "127.0.0.1",
        "spark.sql.shuffle.partitions": "2",
        "spark.sql.warehouse.dir": str(where / "warehouse"),
        **(conf or {}),
    }
    submit = [part for key, value in settings.items() for part in ("--conf", f"{key}={value}")]
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CLUSOP", "SPARK", "PYSPARK"))}
    return kept | {
        "JAVA_HOME": str(java_home),
        "PYSPARK_SUBMIT_ARGS": subprocess.list2cmdline(["--master", "local[2]", *submit, "pyspark-shell"]),
        "PYTHONPATH": str(site or ""),
    }


def run_to_its_end(command: Sequence[str], environment: dict[str, str], where: Path) -> Ran:
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=HANG_S, env=environment, cwd=where, check=False
    )
    lines = done.stdout.splitlines()
    told = dict(json.loads(line.removeprefix("TELL ")) for line in lines if line.startswith("TELL "))
    rows = [line for line in lines if not line.startswith("TELL ")]
    return Ran(done.returncode, rows, told, plain_lines(done.stderr))


class ToldJob:
    """A job in a process of its own that does what it is told, one thing after the other."""

    def __init__(self, process: subprocess.Popen, errors: Path) -> None:
        self.process = process
        self._errors = errors

    def do(self, what: str, **fields: object) -> object:
        self.process.stdin.write(json.dumps({"do": what, **fields}) + "\n")
        self.process.stdin.flush()
        for line in self.process.stdout:
            if line.startswith("TELL "):
                return json.loads(line.removeprefix("TELL "))
        raise AssertionError(f"the job ended while asked to {what}: {self.stderr[-20:]}")

    def until(self, what: str, holds, seconds: float = 90.0, **fields: object) -> object:
        """Ask again until the answer holds; the job does the waiting in between."""
        end = monotonic() + seconds
        while not holds(answer := self.do(what, **fields)):
            assert monotonic() < end, f"{what} never held: {answer}"
            self.do("pause", seconds=0.2)
        return answer

    def end(self) -> int:
        """Let the script run to its end, as any script does; the exit code."""
        self.process.stdin.close()
        self.process.stdout.read()
        return self.process.wait(timeout=HANG_S)

    @property
    def stderr(self) -> list[str]:
        return plain_lines(self._errors.read_text(errors="replace"))


@contextmanager
def told_job(command: Sequence[str], environment: dict[str, str], where: Path) -> Iterator[ToldJob]:
    errors = where / f"stderr-{len(list(where.iterdir()))}.log"
    with (
        errors.open("wb") as stream,
        # A group of its own: kill -9 of a driver takes its JVM along.
        subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=stream,
            text=True,
            env=environment,
            cwd=where,
            start_new_session=True,
        ) as process,
    ):
        try:
            yield ToldJob(process, errors)
        finally:
            process.kill()


def python_script(path: Path, *flags: str) -> list[str]:
    return [sys.executable, *flags, str(path)]

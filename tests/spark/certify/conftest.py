"""One certification of fixtures of every fate, killed half-way and finished by a second run of the same command."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
FIXTURES = HERE / "fixtures"
LIMIT_S = 60
PATIENCE_S = 400


@dataclass(frozen=True)
class Certified:
    """``out`` is the run's folder; ``begun`` tells the fixtures begun before the kill and after it, in order."""

    out: Path
    before: list[str]
    after: list[str]
    done: subprocess.CompletedProcess
    arguments: list[str]
    environment: dict[str, str]

    @property
    def matrix(self):
        return json.loads((self.out / "matrix.json").read_text(encoding="utf-8"))

    def cell(self, name):
        (found,) = [cell for cell in self.matrix["cells"] if cell["fixture"] == name]
        return found


def begun(out):
    steps = [json.loads(file.read_text(encoding="utf-8")) for file in sorted((out / "journal").glob("*.json"))]
    return [step["fixture"] for step in steps if step["step"] == "begun"]


def children_of(pid):
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == pid:
            found.append(int(stat.parent.name))
    return found


@pytest.fixture(scope="session")
def certified(java_home, jars, tmp_path_factory):
    if jars.comet is None:
        pytest.skip(" ".join(jars.remarks))
    from prepare import CACHE

    out = tmp_path_factory.mktemp("certified") / "run"
    environment = dict(os.environ, JAVA_HOME=str(java_home))
    arguments = [sys.executable, "-m", "clusop", "certify", "--engine", "comet", "--folder", str(FIXTURES)]
    arguments += [
        "--out",
        str(out),
        "--cache",
        str(CACHE / "certify"),
        "--limit",
        str(LIMIT_S),
        "--jar",
        str(jars.comet),
    ]
    with subprocess.Popen(arguments, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as first:
        deadline = time.monotonic() + PATIENCE_S
        while not (out / "applications" / "second-began").exists():
            if first.poll() is not None or time.monotonic() > deadline:
                first.kill()
                pytest.fail(f"the run ended by itself: {first.stdout.read().decode()[-3000:]}")
            time.sleep(0.05)
        inner = children_of(first.pid)
        first.send_signal(signal.SIGKILL)
        first.wait()
    # The application notices that its parent is gone; nobody tells it.
    while any(Path(f"/proc/{pid}").exists() for pid in inner):
        assert time.monotonic() < deadline, "the application outlived the run that started it"
        time.sleep(0.05)
    before = begun(out)
    done = subprocess.run(arguments, env=environment, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
    return Certified(out, before, begun(out)[len(before) :], done, arguments, environment)

"""Real Spark, with Comet where it can be had. What is missing skips with the sentence that says so."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / "harness"))


def pytest_collection_modifyitems(items):
    here = Path(__file__).parent
    for item in items:
        if here in Path(str(item.fspath)).parents:
            item.add_marker(pytest.mark.spark)


@pytest.fixture(scope="session")
def java_home():
    pytest.importorskip("pyspark", reason="pyspark is not installed (make test installs it)")
    from find_java import find_java_home

    home = find_java_home()
    if home is None:
        pytest.skip("no Java 17 to 21")
    return home


@pytest.fixture(scope="session")
def workload_data(java_home):
    from application_run import ensure_data

    return ensure_data(java_home)


@pytest.fixture(scope="session")
def jars():
    from prepare import fetch_jars

    return fetch_jars()


@pytest.fixture(scope="session")
def analyze():
    """The report's only input for a log, from the public command."""

    def run(log):
        command = [sys.executable, "-m", "clusop", "analyze", "--json", str(log)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        (entry,) = json.loads(done.stdout)["inputs"]
        return entry

    return run

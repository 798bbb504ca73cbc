"""The collector in a JVM of its own, without a Spark application around it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(REPOSITORY / "harness"))
sys.path.insert(0, str(REPOSITORY / "tests" / "vectors" / "answers"))


@pytest.fixture(scope="session")
def our_jars():
    """The listener's jar and the probe's."""
    from build_jars import main_jar, probe_jar

    found = [main_jar("2.12"), probe_jar("2.12")]
    if not all(jar.is_file() for jar in found):
        pytest.skip("the jars are not built (make jars)")
    return [str(jar) for jar in found]


@pytest.fixture(scope="session")
def probe(java_home, our_jars):
    """``probe(main, *arguments)``: what that program of the probe jar prints."""
    import pyspark

    class_path = ":".join([*our_jars, str(Path(pyspark.__file__).parent / "jars" / "*")])

    def run(main, *arguments):
        # The bound on memory is what the largest scenario must live with.
        command = [str(java_home / "bin" / "java"), "-Xmx1g", "-cp", class_path, f"com.clusop.probe.{main}", *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout

    return run


@pytest.fixture(scope="session")
def scenario(probe):
    """``scenario(name)``: what became of one bad day, each acted once."""
    known = {}

    def act(name):
        if name not in known:
            known[name] = json.loads(probe("CollectedScenarios", name).splitlines()[-1])
        return known[name]

    return act

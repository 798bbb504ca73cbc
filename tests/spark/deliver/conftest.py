"""A deliverer in a JVM (each test starts a fresh one in it), and an aggregator that misbehaves on request."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "vectors" / "answers"))

CHECKED_RECORDS = 10


@pytest.fixture(scope="module")
def probe(java_home):
    pytest.importorskip("py4j", reason="pyspark is not installed (make test installs it)")
    from delivery_probe import delivery_probe

    from build_jars import main_jar, probe_jar

    if not main_jar("2.12").is_file() or not probe_jar("2.12").is_file():
        pytest.skip("the jars are not built (make jars)")
    with delivery_probe(java_home, "2.12") as found:
        yield found


@pytest.fixture
def aggregator():
    """Takes every record; what it took is held to the schemas afterwards, where no deadline is waiting for it."""
    from fake_aggregator import FakeAggregator
    from record_checks import RecordChecks

    with FakeAggregator(checks=RecordChecks({})) as found:
        yield found
        checks, taken = RecordChecks.of_tree(), found.records
        # Of many alike a few, and always the last.
        shown = taken[:: max(1, len(taken) // CHECKED_RECORDS)] + taken[-1:]
        assert [problem for record in shown if (problem := checks.problem(record))] == []

"""The stand-in for the aggregator holds every record to the schemas of the tree."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from record_checks import RecordChecks

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "analysis" / "records"))

from record_samples import agent_state, signal, usage_hour


@pytest.mark.parametrize("sample", [signal, usage_hour, agent_state])
def test_a_whole_record_passes_and_a_changed_one_does_not(sample) -> None:
    checks = RecordChecks.of_tree()
    record = sample()
    assert checks.decoded(json.dumps(record).encode()) == record
    assert checks.problem(record) == ""
    assert "workspace" in checks.problem(record | {"workspace": "a name with blanks"})
    del record["cluster"]
    assert "cluster" in checks.problem(record)


def test_what_is_none_of_the_three_is_refused() -> None:
    assert RecordChecks.of_tree().problem(signal() | {"record": "wish"}) == "no schema for a record 'wish'"

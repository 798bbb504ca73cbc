"""What the README offers as proof is run by somebody: each such verb of the Makefile stands in a workflow."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

REPOSITORY = Path(__file__).resolve().parents[2]


def commands():
    """Every command that a workflow runs, and those of the script that one of them is."""
    found = [(REPOSITORY / ".ci" / "run").read_text(encoding="utf-8")]
    for path in sorted((REPOSITORY / ".github" / "workflows").glob("*.yml")):
        jobs = yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"]
        found += [step["run"] for job in jobs.values() for step in job["steps"] if "run" in step]
    return [line.strip() for command in found for line in command.splitlines()]


@pytest.mark.parametrize("verb", ["check", "test", "demo", "agent", "certify", "sbt", "matrix"])
def test_a_workflow_runs(verb):
    assert any(line.split()[:2] == ["make", verb] for line in commands())

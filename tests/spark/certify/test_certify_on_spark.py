"""``clusop certify`` on real Spark with Comet: every fate a fixture can meet, and a run killed with -9 half-way."""

from __future__ import annotations

import json
import subprocess

import pytest


def test_the_second_run_ends_well(certified):
    assert certified.done.returncode == 0, certified.done.stderr[-3000:]
    assert {"matrix.json", "matrix.html", "matrix.md"} <= {file.name for file in certified.out.iterdir()}


def test_nothing_that_had_finished_was_run_again(certified):
    assert certified.before == [
        *("native", "fallback", "raises", "engine-crash", "hangs", "takes-the-jvm", "after", "takes-the-jvm", "slow"),
    ]
    assert certified.after == ["last", "slow"]


@pytest.mark.parametrize(
    ("fixture", "outcome", "fault"),
    [
        ("native", "native", ""),
        ("fallback", "fallback", ""),
        ("raises", "failed", "fixture"),
        ("engine-crash", "failed", "engine"),
        ("hangs", "failed", "time"),
        ("takes-the-jvm", "failed", "engine"),
        ("after", "native", ""),
        ("slow", "native", ""),
        ("last", "native", ""),
    ],
)
def test_each_fate_is_told_apart(certified, fixture, outcome, fault):
    cell = certified.cell(fixture)
    assert (cell["outcome"], cell["fault"]) == (outcome, fault), cell


def test_a_cell_holds_operators_cause_plan_and_both_accounts(certified):
    cell = certified.cell("fallback")
    assert cell["causes"] == ["python-udf"]
    assert "BatchEvalPython" in dict(cell["operators"])
    assert any(line.startswith("!") and "BatchEvalPython" in line for line in cell["plan"])
    witnesses = cell["witnesses"]
    assert witnesses["engine_off"] is True
    assert ["BatchEvalPython", "BatchEvalPython is not supported"] in witnesses["engine_says"]
    assert witnesses["agent"]["verdict"] == witnesses["masked"]["verdict"] == "fallback"
    assert cell["times"]["share"]["median"] > 0


def test_the_agent_told_each_execution_once_and_lost_nothing(certified):
    agent = certified.matrix["agent"]
    assert (agent["untold"], agent["twice"], agent["losses"], agent["errors"]) == (0, 0, {}, 0)
    assert agent["executions"] == agent["counted"] > 0
    # Those of the applications that were killed too: what a run that nobody cut off would count.
    steps = [json.loads(file.read_text(encoding="utf-8")) for file in (certified.out / "journal").glob("*.json")]
    runs = [run for step in steps if step["step"] == "finished" for run in step["facts"]["runs"]]
    assert agent["executions"] >= sum(one["is_finished"] for run in runs for one in run["executions"])


def test_the_analysis_agrees_with_comet(certified):
    agreement = certified.matrix["agreement"]
    assert agreement["disagreements"] == []
    assert agreement["caught"]["trials"] >= 1
    assert agreement["false_alarms"] == {"successes": 0, "trials": 4, "interval": agreement["false_alarms"]["interval"]}


def test_it_tells_on_what_it_was_made(certified):
    stamp = certified.matrix["stamp"]
    assert (stamp["engine"], stamp["spark"], stamp["delta"]) == ("comet", "3.5.9", "")
    assert stamp["engine_version"] == "0.12.0"


def test_a_third_run_has_nothing_to_do_and_gives_the_same(certified):
    before = (certified.out / "matrix.json").read_bytes()
    done = subprocess.run(certified.arguments, env=certified.environment, capture_output=True, text=True, check=False)
    assert (done.returncode, (certified.out / "matrix.json").read_bytes()) == (0, before)
    assert "fixtures" not in done.stderr


def test_another_campaign_in_the_same_folder_is_refused(certified):
    command = [*certified.arguments, "--repeats", "2"]
    done = subprocess.run(command, env=certified.environment, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "a certification with other repeats was begun here" in done.stderr


def test_another_run_differs_in_nothing_but_times(certified, tmp_path):
    """Run in one go, in another folder: what was killed half-way and finished later has the same cells."""
    names = ["native", "fallback", "raises", "engine-crash", "after", "last"]
    arguments = list(certified.arguments)
    arguments[arguments.index("--out") + 1] = str(tmp_path / "run")
    arguments += [part for name in names for part in ("--fixture", name)]
    done = subprocess.run(
        arguments, env=certified.environment, capture_output=True, text=True, timeout=400, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    cells = json.loads((tmp_path / "run" / "matrix.json").read_text(encoding="utf-8"))["cells"]
    assert [cell["fixture"] for cell in cells] == names
    for cell in cells:
        before = certified.cell(cell["fixture"])
        assert {**cell, "times": None} == {**before, "times": None}

"""The shim by each conf key, by both, beside other entries, by hand and next to Python's door: one agent, one feed."""

from __future__ import annotations

import json
import shutil

import pytest

from clusop.reasons import Reason

LISTENER = "com.clusop.listener.PhotonFallbackListener"
EXTRA = "spark.extraListeners"
QUERY = "spark.sql.queryExecutionListeners"
BYSTANDER = "com.clusop.probe.fault.Bystander"


@pytest.fixture(scope="module")
def both_keys(run_script_module, listener_jar, probe_jar):
    conf = {EXTRA: f"{BYSTANDER},{LISTENER}", QUERY: f"{LISTENER},{BYSTANDER}"}
    return run_script_module("doors.py", [listener_jar, probe_jar], conf, arguments=[listener_jar])


@pytest.mark.parametrize("key", [EXTRA, QUERY])
def test_one_key_arms_and_leaves_the_job_as_it_was(run_script, bare, listener_jar, key):
    armed = run_script("job.py", [listener_jar], {key: LISTENER})
    assert (armed.code, armed.rows) == (bare.code, bare.rows)
    assert armed.stderr == bare.stderr
    status = armed.told["status"]
    assert (status["armed"], status["breaker"], status["off"], status["errors"]) == (True, "", "", 0)
    (context,) = status["contexts"]
    assert context["queue"] == "own"
    # What Spark made of the first key stays on its shared queue, idle: the feed is not there.
    assert armed.told["listeners"] == {EXTRA: 2, QUERY: 1}[key]
    assert executions(status) == 2


def executions(status):
    return sum(status["delivery"]["executions"].values())


def test_a_token_that_would_travel_in_clear_is_told_once(run_script, bare, listener_jar, tmp_path):
    """No Python of ours is there to tell it; the host does not exist, so nothing leaves."""
    (tmp_path / "token").write_text("abc")
    plain = {"spark.clusop.endpoint": "http://clusop.invalid", "spark.clusop.tokenFile": str(tmp_path / "token")}
    armed = run_script("job.py", [listener_jar], plain | dict.fromkeys((EXTRA, QUERY), LISTENER))
    assert (armed.code, armed.rows, armed.others) == (bare.code, bare.rows, bare.stderr)
    sentence = Reason("token-in-clear").sentence
    assert armed.ours == [f"clusop: {sentence}"]
    assert armed.told["status"]["problems"] == [sentence]


@pytest.mark.parametrize("key", [EXTRA, QUERY])
def test_a_jar_that_is_truncated_replaced_and_deleted_on_the_class_path_hurts_nobody(
    run_script, listener_jar, tmp_path, key
):
    jar = tmp_path / "listener.jar"
    shutil.copy(listener_jar, jar)
    without = run_script("changed_jar.py", arguments=[jar])
    armed = run_script("changed_jar.py", [jar], {key: LISTENER}, arguments=[jar, "hurt"])
    assert not jar.exists()
    assert (armed.code, armed.rows, armed.stderr) == (without.code, without.rows, without.stderr)
    for number in (1, 2, 3, 4):
        status = armed.told[f"status {number}"]
        assert (status["armed"], status["errors"], executions(status)) == (True, 0, 2 * number)


def test_what_a_later_armer_tells_counts_from_then_on(run_script, listener_jar, tmp_path):
    conf = {EXTRA: LISTENER, "spark.clusop.directory": str(tmp_path / "records")}
    done = run_script("armed_again.py", [listener_jar], conf, arguments=[listener_jar])
    assert (done.code, done.ours) == (0, [])
    assert done.told["door"]["before"] is True
    lines = [line for path in (tmp_path / "records").glob("*.jsonl") for line in path.read_text().splitlines()]
    states = sorted(
        (one for one in map(json.loads, lines) if one["record"] == "agent-state"), key=lambda one: one["sequence"]
    )
    assert (states[-1]["shape"]["tier"], states[-1]["shape"]["availability"]) == ("PREMIUM", "SPOT")


def test_both_keys_beside_other_entries_give_one_feed(both_keys, bare):
    assert both_keys.code == 0
    assert both_keys.rows == [*bare.rows, *bare.rows]
    assert both_keys.ours == []
    first = both_keys.told["first"]
    assert first["doors"] == ["conf-extra-listeners", "conf-query-listeners"]
    assert [context["queue"] for context in first["contexts"]] == ["own"]
    assert executions(first) == 2


def test_other_entries_of_the_keys_still_serve(both_keys):
    assert both_keys.told["bystander"] == {"listens": True, "queries": True}


def test_pythons_door_finds_the_agent_and_adds_no_feed(both_keys):
    door = both_keys.told["door"]
    assert (door["ok"], door["armed"], door["before"]) == (True, True, True)
    assert door["agent"] == both_keys.told["first"]["agent"]
    assert both_keys.told["listeners"] == 2, "the idle one of the key, and the feed"
    assert json.loads(both_keys.told["about"])["agent"] == door["agent"]


def test_a_listener_added_by_hand_twice_counts_nothing_twice(both_keys):
    assert executions(both_keys.told["second"]) == executions(both_keys.told["first"]) + 1
    assert len(both_keys.told["second"]["contexts"]) == 1


def test_the_next_context_of_the_jvm_gets_its_own_feed_from_the_same_agent(both_keys):
    third = both_keys.told["third"]
    assert third["agent"] == both_keys.told["first"]["agent"]
    assert [context["state"] for context in third["contexts"]] == ["open"]
    assert executions(third) == executions(both_keys.told["second"]) + 2

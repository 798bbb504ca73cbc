"""``Door``, the way in for Python: what it refuses and why, one agent for all copies, jars that change under a running agent."""

from __future__ import annotations

import shutil
import zipfile

import pytest


@pytest.fixture(scope="module")
def doors(run_script_module, listener_jar, wrong_scala_jar, tmp_path_factory):
    directory = tmp_path_factory.mktemp("jars")
    wrong, damaged, good, copy = (directory / f"{name}.jar" for name in ("wrong", "damaged", "good", "copy"))
    shutil.copy(wrong_scala_jar, wrong)
    shutil.copy(listener_jar, good)
    shutil.copy(listener_jar, copy)
    with zipfile.ZipFile(listener_jar) as whole, zipfile.ZipFile(damaged, "w") as parts:
        for name in whole.namelist():
            if name != "com/clusop/listener/analysis/Island.class":
                parts.writestr(name, whole.read(name))
    return run_script_module("python_doors.py", arguments=[wrong, damaged, good, copy])


@pytest.fixture(scope="module")
def without(run_script_module):
    return run_script_module("python_doors.py")


def test_the_job_is_as_it_was(doors, without):
    assert (doors.code, doors.rows) == (without.code, without.rows)
    assert doors.stderr == without.stderr


@pytest.mark.parametrize(("name", "reason"), [("wrong", "wrong-scala"), ("damaged", "damaged-jar")])
def test_a_jar_that_cannot_work_is_refused_with_a_reason(doors, name, reason):
    refused = doors.told[name]
    assert (refused["ok"], refused["armed"], refused["reason"]) == (False, False, reason)
    assert refused["detail"]


def test_two_copies_of_the_jar_are_one_agent_with_one_feed(doors):
    good, copy = doors.told["good"], doors.told["copy"]
    assert (good["armed"], good["before"], copy["armed"], copy["before"]) == (True, False, True, True)
    assert len(good["agent"]) == 32
    assert copy["agent"] == good["agent"]
    assert doors.told["listeners"] == 1
    (context,) = doors.told["status"]["contexts"]
    assert context["queue"] == "own"


def test_an_overwritten_jar_hurts_neither_the_job_nor_the_agent(doors):
    status = doors.told["overwritten"]
    assert (status["armed"], status["errors"], status["off"]) == (True, 0, "")
    assert sum(status["delivery"]["executions"].values()) == 4


def test_settings_say_where_they_come_from_and_the_facts_are_kept(doors):
    settings = {one["key"]: (one["value"], one["from"]) for one in doors.told["status"]["settings"]}
    assert settings["spark.clusop.timeoutMs"] == ("700", "armer")
    assert settings["spark.clusop.sealIntervalMs"] == ("60000", "default")


def test_disarmed_is_quiet_until_somebody_arms_explicitly(doors):
    told = doors.told
    assert told["disarmed"]["ok"] is True
    assert (told["after"]["armed"], told["after"]["off"]) == (False, "disarmed")
    assert (told["automatic"]["armed"], told["automatic"]["reason"]) == (False, "disarmed")
    assert told["explicit"]["armed"] is True
    seen = [sum(told[name]["delivery"]["executions"].values()) for name in ("overwritten", "after", "last")]
    assert seen[0] == seen[1]
    assert seen[2] == seen[1] + 2


def test_an_unknown_operation_is_refused_with_a_reason(doors):
    assert (doors.told["nonsense"]["ok"], doors.told["nonsense"]["reason"]) == (False, "unknown-op")

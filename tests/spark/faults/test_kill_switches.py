"""The kill switches on an armed agent, one after the other in one driver: each holds until it is lifted and somebody arms."""

from __future__ import annotations

import pytest
from fault_settings import ARM, SOON


def executions(status):
    return sum(status["agent"]["delivery"]["executions"].values())


@pytest.fixture(scope="module")
def told(jobs, whole_site, tmp_path_factory):
    kill_file = tmp_path_factory.mktemp("kill") / "off"
    seen = {"rows": []}

    def record(name, job, off):
        """How it went off, that nothing is seen then, and that it does not arm while the switch is there."""
        after = job.until("status", lambda status: status["state"] == "off")
        count = executions(after)
        seen["rows"].append(job.do("rows"))
        seen[name] = {"off": after, "seen": executions(job.do("status")) - count, "refused": job.do("arm")}
        off()
        seen[name]["again"] = job.do("arm")
        seen["rows"].append(job.do("rows"))
        job.until("status", lambda status: executions(status) >= count + 2)

    kill_file.touch()
    with jobs(whole_site, **ARM, **SOON, CLUSOP_KILL_FILE=str(kill_file)) as job:
        seen["rows"].append(job.do("rows"))
        seen["before arming"] = job.until("status", lambda status: status["state"] == "off")
        kill_file.unlink()
        seen["lifted"] = job.do("arm")

        kill_file.touch()
        record("file", job, kill_file.unlink)

        job.do("environment", CLUSOP_DISABLE="1")
        record("environment", job, lambda: job.do("forget", name="CLUSOP_DISABLE"))

        job.do("conf", key="spark.clusop.enabled", value="false")
        seen["rows"].append(job.do("rows"))
        record("conf", job, lambda: job.do("conf", key="spark.clusop.enabled", value="true"))
        seen["code"] = job.end()
        seen["stderr"] = job.stderr
    return seen


def test_the_job_is_as_it_was(told, bare):
    assert told["rows"] == [bare[0]] * len(told["rows"])
    assert (told["code"], told["stderr"]) == (0, bare[1])


def test_a_kill_file_that_is_there_keeps_it_out(told):
    assert told["before arming"]["reasons"] == ["kill-file"]
    assert told["before arming"]["agent"] == {}
    assert told["lifted"]["state"] == "armed"


@pytest.mark.parametrize("switch", ["file", "environment", "conf"])
def test_a_switch_ends_it_and_holds_until_it_is_lifted(told, switch):
    seen = told[switch]
    assert seen["seen"] == 0
    assert seen["again"]["state"] == "armed"
    # A session's own conf is that session's word; an explicit arm() after it is a later one.
    assert seen["refused"]["state"] == ("armed" if switch == "conf" else "off")

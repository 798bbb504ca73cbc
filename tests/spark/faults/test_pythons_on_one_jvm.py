"""One JVM, several Pythons: two notebooks at once, a kernel that dies and one that comes back. One agent throughout."""

from __future__ import annotations

import os
import signal
from contextlib import ExitStack

import pytest
from fault_settings import SOON


@pytest.fixture(scope="module")
def told(standing_jvm, jobs, whole_site):
    """First arms, second stands by, the first is killed, the second takes over; a third comes and finds what there is."""
    from fake_aggregator import FakeAggregator

    with ExitStack() as stack:
        server, other = stack.enter_context(FakeAggregator()), stack.enter_context(FakeAggregator())
        pins = stack.enter_context(standing_jvm())
        environment = {**pins, **SOON, "CLUSOP_ENDPOINT": server.url}
        later = environment | {"CLUSOP_ENDPOINT": other.url}
        seen = {"server": server, "other": other}
        # No CLUSOP_ARM: the gateway's own variable is the sign of a driver here.
        first = stack.enter_context(jobs(whole_site, **environment))
        seen["first"] = first.until("status", lambda status: status["state"] == "armed")
        seen["rows"] = [first.do("rows")]
        first.do("sql", text="select 1 as mine")
        first.until("report", lambda rows: len(rows) >= 2)
        first.do("ask", op="flush", holder="")
        seen["records before"] = len(server.wait_for_records(1))

        second = stack.enter_context(jobs(whole_site, **later))
        seen["second"] = second.until("status", lambda status: status["state"] == "armed")
        seen["rows"].append(second.do("rows"))
        seen["own report"] = second.until("report", lambda rows: len(rows) >= 1), first.do("report")
        seen["second stands by"] = second.do("ask", op="poll", holder="a third asks", max_records=1)
        seen["first again"] = first.do("status")

        os.killpg(first.process.pid, signal.SIGKILL)
        first.process.wait()
        second.do("ask", op="flush", holder="")
        seen["lease moves on"] = second.until("status", lambda status: status["sent"] > 0)

        third = stack.enter_context(jobs(whole_site, **later))
        seen["third"] = third.until("status", lambda status: status["state"] == "armed")
        seen["rows"].append(third.do("rows"))
        seen["listeners"] = third.do("listeners")
        seen["third again"] = third.do("arm")
        seen["codes"] = [second.end(), third.end()]
        seen["stderr"] = second.stderr + third.stderr + first.stderr
    return seen


def test_all_find_the_one_agent(told):
    agents = {told[name]["agent"]["agent"] for name in ("first", "second", "third", "first again", "third again")}
    assert len(agents) == 1
    assert told["listeners"] == 1


def test_everybody_s_rows_are_right(told, bare):
    assert told["rows"] == [bare[0]] * 3
    assert told["codes"] == [0, 0]


def test_each_sees_its_own_work_only(told):
    second, first = told["own report"]
    assert second
    assert first
    assert not set(second) & set(first)


def test_one_carries_and_the_other_stands_by(told):
    assert told["second stands by"]["standby"] is True
    assert told["second"]["sent"] == 0
    assert told["lease moves on"]["state"] == "armed"


def endpoint_in_force(status):
    (one,) = [one["value"] for one in status["agent"]["settings"] if one["key"] == "spark.clusop.endpoint"]
    return one


def test_the_first_armer_s_settings_stay_in_force(told):
    """The second says another endpoint. It takes over from the first, and sends to where the first did."""
    for name in ("first", "second", "lease moves on", "third again"):
        assert endpoint_in_force(told[name]) == told["server"].url
    assert told["lease moves on"]["sent"] > 0
    assert told["other"].requests == []


def test_what_was_acknowledged_is_there_once(told):
    records = told["server"].records
    sequences = sorted(record["sequence"] for record in records)
    assert sequences == list(range(1, len(records) + 1))
    assert len(records) > told["records before"]


def test_nobody_says_a_word(told):
    assert [line for line in told["stderr"] if "clusop" in line.lower()] == []
    assert told["third again"]["faults"] == {}

"""kill -9 of a driver: what was acknowledged is at the server, what was spooled is whole, and the next start carries it out."""

from __future__ import annotations

import json
import os
import signal

import pytest
from fault_settings import ARM, SOON


@pytest.fixture(scope="module")
def told(jobs, whole_site, tmp_path_factory):
    from fake_aggregator import Behaviour, FakeAggregator

    spool = tmp_path_factory.mktemp("spool")
    seen = {"rows": []}
    with FakeAggregator() as server:
        environment = {**ARM, **SOON, "CLUSOP_ENDPOINT": server.url, "CLUSOP_SPOOL_DIRECTORY": str(spool)}
        with jobs(whole_site, **environment) as job:
            job.until("status", lambda status: status["state"] == "armed")
            seen["rows"].append(job.do("rows"))
            job.do("ask", op="flush", holder="")
            server.wait_for_records(1)
            seen["killed"] = job.until("status", lambda now: now["agent"]["delivery"]["delivered"] > 0)
            server.behave(Behaviour("drop"))
            seen["rows"].append(job.do("rows"))
            job.do("ask", op="flush", holder="")
            job.until("status", lambda now: now["agent"]["delivery"]["spooled"] > 0)
            os.killpg(job.process.pid, signal.SIGKILL)
            job.process.wait()
        seen["acknowledged"] = server.lines
        seen["spool"] = {path.name: path.read_bytes() for path in spool.iterdir()}
        server.behave(Behaviour())
        with jobs(whole_site, **environment) as job:
            job.until("status", lambda status: status["state"] == "armed")
            seen["rows"].append(job.do("rows"))
            server.wait_for_records(len(seen["acknowledged"]) + 1, 90)
            seen["next"] = job.until("status", lambda now: now["sent"] >= 0 and not list(spool.glob("*.jsonl")))
            seen["code"] = job.end()
            seen["stderr"] = job.stderr
        seen["arrived"] = server.lines
        seen["refused"] = [request.status for request in server.requests if request.status >= 400]
    return seen


def test_the_next_start_is_as_ever(told, bare):
    assert told["rows"] == [bare[0]] * 3
    assert (told["code"], told["stderr"]) == (0, bare[1])
    assert told["next"]["agent"]["agent"] != told["killed"]["agent"]["agent"]


def test_what_was_acknowledged_is_there_and_what_was_spooled_comes_after(told):
    killed = told["killed"]["agent"]["agent"]
    spooled = [line for data in told["spool"].values() for line in data.splitlines()]
    assert spooled
    assert set(told["acknowledged"]) <= set(told["arrived"])
    assert set(spooled) <= set(told["arrived"])
    sequences = [one["sequence"] for one in map(json.loads, told["arrived"]) if one["agent"] == killed]
    assert sorted(sequences) == list(range(1, len(sequences) + 1))
    assert told["refused"] == []


def test_no_half_file_is_left(told):
    assert all(name.startswith("clusop-") and name.endswith(".jsonl") for name in told["spool"])
    assert all(data.endswith(b"\n") for data in told["spool"].values())

"""An aggregator that refuses, hangs and lies, under one live job: the job notices nothing, and nothing acknowledged is lost."""

from __future__ import annotations

import json

import pytest
from fault_settings import ARM, SOON

# No gap in it: a record that is neither there, on disk nor counted would be one lost in silence.
ONE_LINE_FAULTS = ("drop", "garbage", "unacknowledged", "redirect", "hang")
STATUSES = (500, 503, 429)


def is_settled(status):
    delivery = status["agent"]["delivery"]
    return delivery["waiting"] == 0


@pytest.fixture(scope="module")
def told(jobs, whole_site, tmp_path_factory):
    from fake_aggregator import Behaviour, FakeAggregator

    spool = tmp_path_factory.mktemp("spool") / "made by the agent"
    seen = {"rows": []}
    environment = {**ARM, **SOON, "CLUSOP_SPOOL_DIRECTORY": str(spool)}
    with FakeAggregator() as server, jobs(whole_site, CLUSOP_ENDPOINT=server.url, **environment) as job:
        job.until("status", lambda status: status["state"] == "armed")
        once = [Behaviour(mode, times=1) for mode in ONE_LINE_FAULTS]
        once += [Behaviour("status", status=status, retry_after="1", times=1) for status in STATUSES]
        for behaviour in once:
            asked = len(server.requests)
            server.behave(behaviour)
            seen["rows"].append(job.do("rows"))
            job.do("ask", op="flush", holder="")
            server.wait_for_requests(asked + 2, 90)
        seen["settled"] = job.until("status", is_settled)
        seen["before too large"] = len(server.records)

        server.behave(Behaviour("status", status=413))
        seen["rows"].append(job.do("rows"))
        job.do("ask", op="flush", holder="")
        seen["too large"] = job.until("status", lambda now: "too-large" in now["agent"]["delivery"]["losses"])
        server.behave(Behaviour())
        seen["rows"].append(job.do("rows"))
        job.do("ask", op="flush", holder="")
        server.wait_for_records(seen["before too large"] + 1)
        seen["last"] = job.until("status", is_settled)

        # The last send went well, so the end flushes; and the server, which never lets go, would hold it for ever.
        server.behave(Behaviour("hang"))
        seen["rows"].append(job.do("rows"))
        seen["code"] = job.end()
        seen["stderr"] = job.stderr
        seen["records"] = server.records
    seen["files"] = sorted(path.name for path in spool.iterdir())
    seen["spooled"] = [json.loads(line) for path in spool.iterdir() for line in path.read_text().splitlines()]
    return seen


def test_the_job_is_as_it_was(told, bare):
    assert told["rows"] == [bare[0]] * len(told["rows"])
    assert (told["code"], told["stderr"]) == (0, bare[1])


def test_what_failed_is_sent_again_until_all_is_there(told):
    status = told["settled"]
    assert (status["state"], status["faults"], status["agent"]["errors"]) == ("armed", {}, 0)
    assert status["agent"]["delivery"]["losses"] == {}
    assert told["before too large"] >= len(ONE_LINE_FAULTS) + len(STATUSES)


def test_each_record_arrived_or_lies_on_disk_or_is_counted(told):
    lost = told["last"]["agent"]["delivery"]["losses"]
    kept = [record["sequence"] for record in told["records"]]
    assert len(kept) == len(set(kept))
    known = {*kept, *(record["sequence"] for record in told["spooled"])}
    assert lost.keys() == {"too-large"}
    assert len(set(range(1, max(known) + 1)) - known) == lost["too-large"] > 0


def test_the_end_is_kept_and_the_rest_waits_on_disk_whole(told):
    (last,) = [record for record in told["spooled"] if record["record"] == "agent-state" and record["final"]]
    assert last["losses"] == told["last"]["agent"]["delivery"]["losses"]
    assert all(name.startswith("clusop-") and name.endswith(".jsonl") for name in told["files"])

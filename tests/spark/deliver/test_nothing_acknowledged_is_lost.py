"""SPEC P11 on the agent in its JVM: what was acknowledged is neither lost nor counted twice, and every loss is counted.

Python's own batcher carries the records here, against an aggregator that keeps its books by agent, sequence and content hash.
"""

from __future__ import annotations

import json

import pytest
from delivery_probe import AGENT

from clusop.analysis.records import content_hash
from clusop.clock import SystemClock
from clusop.runtime.batcher import Batcher, Way
from clusop.runtime.pace import Pace
from clusop.runtime.spool import Spool
from clusop.runtime.transport.http import HttpTransport
from clusop.runtime.transport.http_exchange import Exchange


class Caller:
    """The probe as the batcher calls an agent."""

    def __init__(self, probe) -> None:
        self._probe = probe

    def call(self, op: str, **fields: object) -> dict[str, object]:
        return self._probe.call(op, **fields)


def batcher(probe, url: str, holder: str = "python", spool: Spool | None = None) -> Batcher:
    transport = HttpTransport(Exchange(url, "", 2_000, SystemClock()), "", SystemClock())
    return Batcher(holder, Caller(probe), Way(transport, spool), Pace(5.0, lambda: 0.5))


def behave(aggregator, mode: str, **more: object) -> None:
    from fake_aggregator import Behaviour

    aggregator.behave(Behaviour(mode, **more))


def executed(probe, count: int) -> None:
    for number in range(count):
        probe.executed({"taskKey": f"t{number}"})
    probe.seal()


def sent(aggregator) -> list[bytes]:
    """Every line of every request, taken or not, in order."""
    return [line for request in aggregator.requests for line in request.lines]


def sequences(lines) -> list[int]:
    return [json.loads(line)["sequence"] for line in lines]


def test_a_batcher_that_dies_between_sending_and_acknowledging(probe, aggregator):
    """The next one sends the same records again: same ids, same bytes, and the aggregator knows them."""
    probe.start(endpoint=aggregator.url)
    executed(probe, 5)
    assert batcher(probe, aggregator.url, "dies").step() == 0
    first = sent(aggregator)
    probe.do("advance", ms=31_000)
    second = batcher(probe, aggregator.url, "next")
    assert [second.step(), second.step() > 0] == [0, True]
    again = sent(aggregator)[len(first) :]
    assert again == first
    assert {content_hash(line) for line in again} == {content_hash(line) for line in aggregator.lines}
    assert len(aggregator.lines) == 5
    status = probe.status
    assert (status["delivered"], status["waiting"], status["losses"]) == (5, 0, {})


def test_an_answer_that_got_lost_on_its_way_is_no_second_delivery(probe, aggregator):
    behave(aggregator, "unacknowledged", times=1)
    probe.start(endpoint=aggregator.url)
    executed(probe, 3)
    python = batcher(probe, aggregator.url)
    assert python.step() > 0
    assert probe.status["delivered"] == 0
    assert [python.step(), python.step() > 0] == [0, True]
    assert sent(aggregator)[3:] == sent(aggregator)[:3]
    assert len(aggregator.lines) == probe.status["delivered"] == 3


def test_an_acknowledgement_counts_once_however_often_it_is_told(probe):
    probe.start()
    executed(probe, 2)
    lease = probe.call("poll", holder="a", max_records=10)["lease"]
    for _ in range(3):
        probe.call("poll", holder="a", ack=lease, sent=True)
    assert probe.status["delivered"] == 2


def test_no_sighting_joins_a_record_that_has_its_sequence(probe):
    """Neither while it is lent nor after it went back."""
    probe.start()
    probe.executed()
    probe.seal()
    lent = probe.call("poll", holder="a", max_records=10)
    probe.executed()
    probe.call("release", holder="a", lease=lent["lease"])
    probe.executed()
    probe.seal()
    lines = probe.call("poll", holder="a", max_records=10)["records"]
    assert lines[0] == lent["records"][0]
    assert [(one["sequence"], one["runs"]) for one in map(json.loads, lines)] == [(1, 1), (2, 2)]
    assert len({json.loads(line)["signature"] for line in lines}) == 1


def test_a_full_ring_drops_the_oldest_that_is_not_lent_and_says_how_many(probe):
    probe.start(ring__maxRecords=10)
    executed(probe, 10)
    lent = probe.call("poll", holder="a", max_records=4)
    executed(probe, 12)
    probe.do("finish", deadline_ms=0)
    rest = probe.call("poll", holder="a", max_records=100)["records"]
    state = json.loads(rest[-1])
    assert (state["record"], state["final"]) == ("agent-state", True)
    # The state is sealed before its own place in the ring is made.
    assert state["losses"] == {"ring-overflow": 12}
    assert probe.status["losses"] == {"ring-overflow": 13}
    assert sequences(lent["records"]) == [1, 2, 3, 4]
    assert sequences(rest) == [18, 19, 20, 21, 22, 23]
    probe.call("poll", holder="a", ack=lent["lease"], sent=True)
    assert probe.status["delivered"] == 4


def test_what_the_aggregator_refuses_is_lost_and_not_delivered(probe, aggregator):
    probe.start(endpoint=aggregator.url)
    executed(probe, 3)
    lines = probe.call("poll", holder="python", max_records=10)["records"]
    aggregator.take(
        ((json.dumps(json.loads(lines[1]) | {"runs": 99}, sort_keys=True, separators=(",", ":"))).encode(),)
    )
    probe.call("release", holder="python")
    python = batcher(probe, aggregator.url)
    assert [python.step(), python.step() > 0] == [0, True]
    status = probe.status
    assert (status["delivered"], status["losses"], python.sent_count) == (2, {"conflict": 1}, 2)


def test_the_final_state_is_the_last_record_and_the_hour_before_it_is_sealed_once(probe, aggregator):
    probe.start(endpoint=aggregator.url)
    probe.do("executors", node="i3.xlarge", slots=4)
    executed(probe, 1)
    probe.do("advance", ms=5_000)
    probe.do("finish", deadline_ms=2_000)
    probe.do("advance", ms=900_000)
    for _ in range(3):
        probe.do("tick")
        probe.seal()
    probe.do("finish", deadline_ms=2_000)
    found = [json.loads(line) for line in aggregator.lines]
    told = [(one["sequence"], one["record"]) for one in sorted(found, key=lambda one: one["sequence"])]
    # The first seal is the one before the end, as Python's last flush makes it.
    assert [record for _, record in told] == ["signal", "usage-hour", "usage-hour", "agent-state"]
    assert found[-1]["final"] is True
    assert probe.status["waiting"] == 0


def test_a_loss_at_the_very_end_is_told_by_one_more_final_state(probe, aggregator):
    probe.start(endpoint=aggregator.url)
    executed(probe, 2)
    lines = probe.call("poll", holder="a", max_records=10)["records"]
    aggregator.take(((json.dumps(json.loads(lines[0]) | {"runs": 9}, sort_keys=True, separators=(",", ":"))).encode(),))
    probe.call("release", holder="a")
    probe.do("finish", deadline_ms=2_000)
    states = [one for one in map(json.loads, aggregator.lines) if one["record"] == "agent-state"]
    assert [(one["final"], one["losses"]) for one in states] == [(True, {}), (True, {"conflict": 1})]


@pytest.mark.parametrize("with_spool", [False, True], ids=["no spool", "a spool"])
def test_the_end_with_a_slow_endpoint(probe, aggregator, tmp_path, with_spool):
    """The deadline is kept; the final state goes first, so that whatever never comes shows as a gap; the rest waits."""
    behave(aggregator, "slow", delay_seconds=0.7)
    spool = {"spool__directory": tmp_path / "spool"} if with_spool else {}
    probe.start(endpoint=aggregator.url, **spool)
    executed(probe, 450)
    took = probe.do("finish", deadline_ms=2_000)["took_ms"]
    assert took < 2_600
    status = probe.status
    assert 0 < status["delivered"] < 451, status
    assert status["delivered"] + status["waiting"] + status["spooled"] == 451
    assert (status["waiting"] == 0) == with_spool
    states = [one for one in aggregator.records if one["record"] == "agent-state"]
    assert [(one["sequence"], one["final"]) for one in states] == [(451, True)]
    assert status["losses"] == {}
    # While this JVM lives it goes on with the rest, from the ring or, later and by whoever comes, from the spool.
    behave(aggregator, "ok")
    if with_spool:
        probe.start(agent="1" * 32, endpoint=aggregator.url, **spool)
        probe.leave_alone()
        aggregator.wait_for_records(451)
    else:
        probe.do("advance", ms=76_000)
        probe.wait_until(lambda now: now["waiting"] == 0)
    assert sorted(sequences(line for line in aggregator.lines if AGENT.encode() in line)) == list(range(1, 452))


def test_records_wait_on_disk_through_the_batcher_and_go_out_once(probe, aggregator, tmp_path):
    behave(aggregator, "status", status=503)
    probe.start(endpoint=aggregator.url)
    executed(probe, 4)
    spool = Spool(str(tmp_path / "spool"), 1_000_000, SystemClock())
    python = batcher(probe, aggregator.url, spool=spool)
    python.step()
    python.step()
    status = probe.status
    assert (status["waiting"], status["spooled"], status["delivered"]) == (0, 4, 0)
    behave(aggregator, "ok")
    python.step()
    assert sequences(aggregator.lines) == [1, 2, 3, 4]
    assert spool.oldest() is None


def test_two_batchers_at_once_deliver_every_record_once(probe, aggregator):
    """Two notebooks on one JVM: one holds, the other stands by and takes over."""
    probe.start(endpoint=aggregator.url)
    executed(probe, 120)
    one, two = (batcher(probe, aggregator.url, name) for name in ("one", "two"))
    assert one.step() == 0
    assert two.step() > 0
    assert one.step() == 0
    one.leave("holder-left")
    assert two.step() > 0, "the other's last batch was acknowledged as it left"
    assert sorted(sequences(aggregator.lines)) == list(range(1, 121))
    assert len(sent(aggregator)) == 120

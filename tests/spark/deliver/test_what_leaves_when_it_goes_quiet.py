"""After a breaker what is sealed leaves once, with the state that says why; after a switch only what leaves at once."""

from __future__ import annotations

from delivery_probe import AGENT


def kinds(aggregator) -> list[tuple]:
    return [(one["record"], one.get("breaker", ""), one.get("off", ""), one.get("final")) for one in aggregator.records]


def test_after_a_breaker_the_jvm_sends_though_python_still_asks(probe, aggregator):
    probe.start(endpoint=aggregator.url)
    probe.executed()
    assert probe.call("poll", holder="python", max_records=10)["standby"] is False
    probe.do("tell", agent=AGENT, breaker="over-cpu-budget", off="over-cpu-budget")
    probe.do("tick")
    answer = probe.call("poll", holder="python", max_records=10)
    assert (answer["off"], answer["records"], answer["lease"]) == (True, [], "")
    probe.wait_until(lambda status: status["waiting"] == 0)
    told = ("agent-state", "over-cpu-budget", "over-cpu-budget", False)
    assert kinds(aggregator) == [("signal", "", "", None), told]
    probe.do("advance", ms=3_600_000)
    probe.do("tick")
    assert probe.status["waiting"] == 0
    probe.do("finish", deadline_ms=2_000)
    assert kinds(aggregator)[2:] == [(*told[:3], True)]
    assert probe.status["losses"] == {}


def test_what_python_holds_when_the_breaker_opens_is_acknowledged_or_sent_again(probe, aggregator):
    probe.start(endpoint=aggregator.url)
    probe.executed()
    probe.seal()
    lease = probe.call("poll", holder="python", max_records=10)["lease"]
    probe.do("tell", agent=AGENT, breaker="too-many-errors", off="too-many-errors")
    probe.wait_until(lambda status: status["delivered"] == 1)
    assert [kind[0] for kind in kinds(aggregator)] == ["agent-state"]
    probe.call("poll", holder="python", ack=lease, sent=True)
    assert probe.status["waiting"] == 0
    assert [one["record"] for one in aggregator.records] == ["agent-state"]


def test_after_a_switch_the_last_word_goes_and_then_nothing(probe, aggregator):
    from fake_aggregator import Behaviour

    probe.start(endpoint=aggregator.url)
    probe.executed()
    probe.do("tell", agent=AGENT, breaker="", off="kill-file")
    probe.wait_until(lambda status: status["delivered"] == 2)
    assert kinds(aggregator) == [("signal", "", "", None), ("agent-state", "", "kill-file", True)]
    # What could not leave at once stays, also at the end, until it is switched on again.
    probe.start(agent="1" * 32, endpoint=aggregator.url)
    aggregator.behave(Behaviour("status", status=503))
    probe.executed()
    probe.do("tell", agent="1" * 32, breaker="", off="disarmed")
    probe.wait_until(lambda status: status["dispatch"] == "endpoint-busy")
    aggregator.behave(Behaviour())
    asked = len(aggregator.requests)
    probe.do("advance", ms=3_600_000)
    for _ in range(20):
        probe.do("tick")
    assert probe.do("finish", deadline_ms=2_000)["took_ms"] < 500
    assert len(aggregator.requests) == asked
    assert probe.status["waiting"] == 2
    probe.do("tell", agent="1" * 32, breaker="", off="")
    probe.leave_alone()
    probe.wait_until(lambda status: status["waiting"] == 0)

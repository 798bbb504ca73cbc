"""The batcher's steps: nothing is acknowledged before it is safe, and everything that is lost is counted. SPEC P1 and P11."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from fake_agent import AGENT, FakeAgent, record

from clusop.clock import SystemClock
from clusop.reasons import Reason
from clusop.runtime.batcher import Batcher, Peer, Way
from clusop.runtime.jvm_errors import JvmCallError
from clusop.runtime.pace import Pace
from clusop.runtime.spool import Spool
from clusop.runtime.transport.outcome import Delivered, Rejected, RetryLater

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from clusop.runtime.transport.outcome import Outcome

ACCEPT = Delivered({})
BUSY = RetryLater(Reason("endpoint-busy"))


class Scripted:
    """Answers as it is told to, then accepts."""

    def __init__(self, *outcomes: Outcome) -> None:
        self.outcomes = list(outcomes)
        self.seen: list[tuple[str, ...]] = []

    def send(self, lines: Sequence[str]) -> Outcome:
        self.seen.append(tuple(lines))
        return self.outcomes.pop(0) if self.outcomes else ACCEPT


def batcher(
    agent: FakeAgent, transport: Scripted, spool: Spool | None = None, kill_file: str = "", peer: Peer | None = None
) -> Batcher:
    return Batcher("me", agent, Way(transport, spool, kill_file), Pace(5.0, lambda: 0.5), peer)


def test_what_was_sent_is_acknowledged_by_the_next_poll_at_once() -> None:
    agent, transport = FakeAgent(record(1), record(2)), Scripted()
    one = batcher(agent, transport)
    assert one.step() == 0
    assert agent.acknowledged == [], "only what the endpoint has is acknowledged, and that is told by the next poll"
    assert one.step() == 5.0
    assert agent.acknowledged == [record(1), record(2)]
    assert agent.sent_flags == [True]
    assert one.sent_count == 2


def test_what_could_not_be_sent_goes_back_at_once_with_the_same_bytes() -> None:
    agent, transport = FakeAgent(record(1), record(2)), Scripted(BUSY)
    one = batcher(agent, transport)
    assert one.step() > 0
    assert agent.waiting == [record(1), record(2)]
    assert agent.holder == "me", "it stays the holder"
    one.step()
    one.step()
    assert transport.seen[0] == transport.seen[1]
    assert agent.acknowledged == [record(1), record(2)]


def test_a_crash_between_sending_and_acknowledging_sends_the_same_records_again() -> None:
    agent, first, second = FakeAgent(record(1)), Scripted(), Scripted()
    batcher(agent, first).step()
    agent.call("release", holder="me")  # the lease expires: nobody acknowledged it
    batcher(agent, second).step()
    assert first.seen == second.seen


def test_a_failed_poll_keeps_the_acknowledgement_for_the_next() -> None:
    agent = FakeAgent(record(1))
    one = batcher(agent, Scripted())
    one.step()
    agent.faults.append(JvmCallError(Reason("agent-fault"), is_final=False))
    with pytest.raises(JvmCallError):
        one.step()
    one.step()
    assert agent.acknowledged == [record(1)]


def test_what_the_receiver_refuses_for_good_is_counted_once_and_acknowledged() -> None:
    agent = FakeAgent(record(1), record(2))
    one = batcher(agent, Scripted(Rejected("refused"), Rejected("refused"), Delivered({record(2): "conflict"})))
    one.step()
    one.step()
    assert agent.losses == {"refused": 1, "conflict": 1}
    assert agent.acknowledged == [record(1), record(2)]


def test_a_crash_before_the_acknowledgement_counts_no_refusal_twice() -> None:
    """The lease expires, somebody sends the same records again, and is refused again."""
    agent = FakeAgent(record(1), record(2))
    batcher(agent, Scripted(Delivered({record(1): "conflict"}))).step()
    assert agent.losses == {}, "not before the acknowledgement, with which it is told"
    agent.call("release", holder="me")
    after = batcher(agent, Scripted(Delivered({record(1): "conflict"})))
    after.step()
    after.step()
    assert agent.losses == {"conflict": 1}
    assert after.sent_count == 1


def test_a_failed_acknowledgement_tells_what_was_refused_with_the_next_and_once() -> None:
    agent = FakeAgent(record(1))
    one = batcher(agent, Scripted(Delivered({record(1): "conflict"})))
    one.step()
    agent.faults.append(JvmCallError(Reason("agent-fault"), is_final=False))
    with pytest.raises(JvmCallError):
        one.step()
    agent.waiting.append(record(2))
    for _ in range(3):
        one.step()
    assert agent.losses == {"conflict": 1}
    assert agent.acknowledged == [record(1), record(2)]


def test_what_was_refused_is_told_by_sequence_for_some_of_its_lease_may_be_gone_and_counted_by_then() -> None:
    agent = FakeAgent(*map(record, range(1, 11)))
    refused = {record(1): "conflict", record(2): "conflict", record(7): "too-old"}
    one = batcher(agent, Scripted(Delivered(refused)))
    one.step()
    agent.drop_of_leases(set(map(record, range(1, 6))))
    one.step()
    assert agent.told_refused == [{"conflict": [1, 2], "too-old": [7]}]
    assert agent.losses == {"ring-overflow": 5, "too-old": 1}
    assert agent.acknowledged == list(map(record, range(6, 11)))


def test_an_agent_of_the_first_protocol_is_told_of_losses_apart_from_the_acknowledgement() -> None:
    agent = FakeAgent(record(1), record(2), protocol=1)
    one = batcher(agent, Scripted(Delivered({record(1): "conflict"})), peer=Peer(AGENT, 1))
    one.step()
    one.step()
    one.leave("holder-left")
    assert agent.losses == {"conflict": 1}
    assert agent.acknowledged == [record(1), record(2)]
    assert one.sent_count == 1


def test_while_the_endpoint_is_away_records_wait_on_disk_and_are_sent_first_when_it_is_back(tmp_path: Path) -> None:
    agent, transport = FakeAgent(record(1)), Scripted(BUSY)
    spool = Spool(str(tmp_path / "spool"), 1 << 20, SystemClock())
    one = batcher(agent, transport, spool)
    assert one.step() > 0
    (kept,) = (tmp_path / "spool").iterdir()
    assert kept.read_text() == record(1) + "\n"
    agent.waiting.append(record(2))
    one.step()
    one.step()
    assert transport.seen[1:] == [(record(1),), (record(2),)]
    assert agent.acknowledged[:1] == [record(1)]
    assert agent.sent_flags[0] is False, "it lies in the spool; that is not sent"
    assert list((tmp_path / "spool").iterdir()) == []
    assert one.troubles == ()


def test_a_full_spool_keeps_nothing_and_loses_nothing(tmp_path: Path) -> None:
    agent = FakeAgent(record(1))
    one = batcher(agent, Scripted(BUSY), Spool(str(tmp_path), 10, SystemClock()))
    one.step()
    assert agent.waiting == [record(1)]
    assert list(tmp_path.iterdir()) == []
    assert one.troubles == (Reason("endpoint-busy"), Reason("spool-full"))
    one.step()
    assert one.troubles == ()


def test_a_spool_that_cannot_be_written_is_no_fault(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    agent = FakeAgent(record(1))
    one = batcher(agent, Scripted(BUSY), Spool(str(blocked / "spool"), 1 << 20, SystemClock()))
    assert one.step() > 0
    assert agent.waiting == [record(1)]
    assert [reason.id for reason in one.troubles] == ["endpoint-busy", "spool-unwritable"]


def test_idle_polls_grow_rarer_and_work_brings_them_back() -> None:
    agent = FakeAgent()
    one = batcher(agent, Scripted())
    assert [one.step() for _ in range(6)] == [5, 10, 20, 40, 60, 60]
    agent.waiting.append(record(1))
    assert one.step() == 0
    assert one.step() == 5


def test_failures_wait_longer_each_time_and_never_less_than_the_receiver_wants() -> None:
    agent = FakeAgent(record(1))
    one = batcher(agent, Scripted(BUSY, BUSY, BUSY, RetryLater(Reason("endpoint-busy"), 200.0)))
    waits = [one.step() for _ in range(4)]
    assert 2.5 <= waits[0] <= 5 <= waits[1] <= 10 <= waits[2] <= 20
    assert waits[3] == 200
    assert not one.may_flush


UNREACHABLE = RetryLater(Reason("endpoint-unreachable"))


def test_after_many_failures_in_a_row_nobody_holds_for_a_minute_so_that_the_jvm_sends() -> None:
    agent, transport = FakeAgent(record(1)), Scripted(*[UNREACHABLE] * 6)
    one = batcher(agent, transport)
    for _ in range(4):
        assert one.step() < 60
        assert agent.holder == "me"
    assert one.step() == 60
    assert (agent.holder, agent.waiting, agent.leases) == ("", [record(1)], {})
    assert one.step() == 60, "then a single attempt decides"
    assert agent.holder == ""
    assert one.step() == 0
    assert agent.holder == "me", "and where it succeeds, all is as before"
    agent.waiting.append(record(2))
    transport.outcomes = [UNREACHABLE]
    assert one.step() < 60
    assert agent.holder == "me"


def test_what_arrived_or_lies_in_the_spool_is_acknowledged_before_the_jvm_is_let_in(tmp_path: Path) -> None:
    """Else it would send all of that again, and what was refused be counted again."""
    agent = FakeAgent(record(1), record(2))
    transport = Scripted(Delivered({record(1): "conflict"}), *[UNREACHABLE] * 5)
    one = batcher(agent, transport, Spool(str(tmp_path), 1 << 20, SystemClock()))
    one.step()
    for sequence in range(3, 8):
        agent.waiting.append(record(sequence))
        one.step()
    assert (agent.holder, agent.waiting, agent.leases) == ("", [], {})
    assert sorted(agent.acknowledged) == [record(sequence) for sequence in range(1, 8)]
    assert agent.losses == {"conflict": 1}
    told = agent.released_with
    assert told["ack"]
    one.leave("holder-left")
    assert agent.released_with["ack"] == "", "once"


def test_an_endpoint_that_is_busy_is_not_knocked_at_by_the_jvm_as_well() -> None:
    agent = FakeAgent(record(1))
    one = batcher(agent, Scripted(*[BUSY] * 8))
    for _ in range(8):
        one.step()
    assert agent.holder == "me"


def test_a_stand_by_sends_nothing() -> None:
    agent, transport = FakeAgent(record(1)), Scripted()
    agent.holder = "somebody else"
    assert batcher(agent, transport).step() == 5
    assert transport.seen == []


def test_nothing_is_sent_while_the_agent_is_off_or_the_kill_file_is_there(tmp_path: Path) -> None:
    agent, transport = FakeAgent(record(1)), Scripted()
    kill = tmp_path / "kill"
    one = batcher(agent, transport, kill_file=str(kill))
    kill.write_text("")
    assert one.step() == 5
    assert agent.calls == []
    kill.unlink()
    agent.is_off = True
    one.step()
    assert transport.seen == []


def test_a_kill_file_that_cannot_be_looked_at_is_none(tmp_path: Path) -> None:
    agent, transport = FakeAgent(record(1)), Scripted()
    batcher(agent, transport, kill_file=f"/{'x' * 5000}").step()
    (tmp_path / "file").touch()
    batcher(agent, transport, kill_file=str(tmp_path / "file" / "below")).step()
    assert transport.seen == [(record(1),)]


def test_losses_of_what_was_spooled_that_cannot_be_told_are_told_later_and_once(tmp_path: Path) -> None:
    spool = Spool(str(tmp_path), 1 << 20, SystemClock())
    spool.put((record(1), record(2)))
    agent, transport = FakeAgent(), Scripted(Delivered({record(1): "conflict", record(2): "refused"}))
    one = batcher(agent, transport, spool)

    def call(op: str, **fields: object) -> dict[str, object]:
        if op == "lost" and fields["reason"] == "refused" and "refused" not in told:
            told.append("refused")
            raise JvmCallError(Reason("agent-fault"), is_final=False)
        return FakeAgent.call(agent, op, **fields)

    told: list[str] = []
    agent.call = call
    with pytest.raises(JvmCallError):
        one.step()
    one.step()
    assert agent.losses == {"conflict": 1, "refused": 1}
    assert len(transport.seen) == 1


def test_nothing_spooled_is_sent_while_the_agent_is_off_or_another_holds(tmp_path: Path) -> None:
    spool = Spool(str(tmp_path), 1 << 20, SystemClock())
    spool.put((record(1),))
    agent, transport = FakeAgent(), Scripted()
    one = batcher(agent, transport, spool)
    agent.is_off = True
    assert one.step() > 0
    agent.is_off, agent.holder = False, "somebody else"
    assert one.step() > 0
    assert transport.seen == []
    agent.holder = "me"
    assert one.step() == 0
    assert transport.seen == [(record(1),)]


@pytest.mark.parametrize(("own", "losses"), [(AGENT, {"refused": 1}), ("f" * 32, {}), ("", {"refused": 1})])
def test_what_an_earlier_agent_s_records_met_is_not_this_one_s_loss(
    tmp_path: Path, own: str, losses: dict[str, int]
) -> None:
    spool = Spool(str(tmp_path), 1 << 20, SystemClock())
    spool.put((record(1),))
    agent = FakeAgent()
    way = Way(Scripted(Delivered({record(1): "refused"})), spool)
    one = Batcher("me", agent, way, Pace(5.0, lambda: 0.5), Peer(own))
    one.step()
    one.step()
    assert agent.losses == losses


def test_leaving_acknowledges_what_has_arrived() -> None:
    agent = FakeAgent(record(1))
    one = batcher(agent, Scripted())
    one.step()
    one.leave("holder-left")
    assert agent.calls[-1] == "release"
    assert agent.released_with["ack"]
    assert agent.released_with["sent"] is True


def test_a_long_interval_s_idle_waits_stay_below_what_the_agent_takes_for_gone() -> None:
    pace = Pace(7.0, lambda: 0.5)
    assert max(pace.idle() for _ in range(8)) == 60
    assert Pace(600.0, lambda: 0.5).idle() == 600

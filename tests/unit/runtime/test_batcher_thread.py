"""The batcher's thread: ends quietly when the JVM is gone, flushes once at exit, and never holds the process up. SPEC P1."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING

import pytest
from fake_agent import FakeAgent, record

from clusop.clock import SystemClock
from clusop.reasons import Reason
from clusop.runtime.batcher import Batcher, Way
from clusop.runtime.batcher_thread import BatcherThread
from clusop.runtime.guard import Guard
from clusop.runtime.jvm_errors import JvmCallError
from clusop.runtime.pace import Pace
from clusop.runtime.process import OwnProcess
from clusop.runtime.transport.outcome import Delivered, RetryLater

if TYPE_CHECKING:
    from collections.abc import Sequence

    from clusop.runtime.transport.outcome import Outcome

LONG_S = 30


class Collecting:
    def __init__(self) -> None:
        self.lines: list[str] = []
        self.came = threading.Event()

    def send(self, lines: Sequence[str]) -> Outcome:
        self.lines += lines
        self.came.set()
        return Delivered({})


class Hanging:
    def __init__(self) -> None:
        self.came, self.go = threading.Event(), threading.Event()

    def send(self, _lines: Sequence[str]) -> Outcome:
        self.came.set()
        self.go.wait(LONG_S)
        return RetryLater(Reason("endpoint-unreachable"))


def started(agent: FakeAgent, transport: Collecting | Hanging, guard: Guard | None = None) -> BatcherThread:
    one = Batcher("me", agent, Way(transport, None), Pace(0.01, lambda: 0.5))
    thread = BatcherThread(one, OwnProcess(), guard or Guard(raising=True), SystemClock())
    thread.start()
    return thread


def ended(thread: BatcherThread) -> bool:
    return thread.finish(LONG_S) and not thread.is_alive


def test_records_go_out_and_the_last_ones_at_exit() -> None:
    agent, transport = FakeAgent(record(1)), Collecting()
    agent.gathered = [record(2)]
    thread = started(agent, transport)
    assert transport.came.wait(LONG_S)
    assert thread.finish(LONG_S)
    assert transport.lines == [record(1), record(2)]
    assert agent.acknowledged == [record(1), record(2)]
    assert agent.holder == "", "another may take over"


def test_a_call_that_hangs_costs_the_deadline_and_no_more() -> None:
    agent, transport = FakeAgent(record(1)), Hanging()
    thread = started(agent, transport)
    assert transport.came.wait(LONG_S)
    clock = SystemClock()
    before_ms = clock.monotonic_ms()
    assert not thread.finish(0.2)
    assert clock.monotonic_ms() - before_ms < 10_000
    transport.go.set()


def test_after_a_failed_send_nobody_waits_at_exit() -> None:
    class Failing(Collecting):
        def send(self, lines: Sequence[str]) -> Outcome:
            super().send(lines)
            return RetryLater(Reason("endpoint-unreachable"), 100.0)

    agent, transport = FakeAgent(record(1)), Failing()
    agent.gathered = [record(2)]
    thread = started(agent, transport)
    assert transport.came.wait(LONG_S)
    deadline = threading.Event()
    while thread.batcher.may_flush:
        assert not deadline.wait(0.01)
    assert thread.finish(LONG_S) is False
    assert "flush" not in agent.calls


def test_it_ends_quietly_when_the_gateway_is_gone(capfd: pytest.CaptureFixture[str]) -> None:
    agent = FakeAgent()
    agent.faults.append(JvmCallError(Reason("gateway-gone"), is_final=True))
    thread = started(agent, Collecting())
    assert ended(thread)
    assert thread.batcher.trouble == Reason("gateway-gone")
    assert capfd.readouterr() == ("", "")


def test_faults_of_its_own_are_swallowed_and_counted_and_end_it_in_time() -> None:
    class Broken(Collecting):
        def send(self, _lines: Sequence[str]) -> Outcome:
            self.came.set()
            raise SystemExit(3)

    guard, transport = Guard(raising=False), Broken()
    thread = started(FakeAgent(record(1)), transport, guard)
    assert transport.came.wait(LONG_S)
    assert thread.finish(LONG_S)
    assert guard.faults == {"batcher-step: SystemExit": 1}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_child_does_nothing_with_it() -> None:
    agent, transport = FakeAgent(), Collecting()
    thread = started(agent, transport)
    calls_before = list(agent.calls)
    pid = os.fork()
    if pid == 0:
        quiet = not thread.is_alive and thread.finish(0.1) and len(agent.calls) - len(calls_before) < 5
        os._exit(0 if quiet else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    assert ended(thread)

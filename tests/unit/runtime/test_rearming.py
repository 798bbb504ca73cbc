"""Arming again, and not arming again: what an earlier attempt left at work neither goes on unseen nor is lost. SPEC P1, P7."""

from __future__ import annotations

import importlib
import json
import sys
import threading
from operator import attrgetter
from types import ModuleType
from typing import TYPE_CHECKING

import pytest
from fake_agent import FakeAgent, record

from clusop.reasons import Reason
from clusop.runtime import context_watch
from clusop.runtime import driver as driver_module
from clusop.runtime.agent_link import PROTOCOL
from clusop.runtime.driver import Driver
from clusop.runtime.status import status_of
from clusop.runtime.transport.outcome import RetryLater

if TYPE_CHECKING:
    from pathlib import Path

LONG_S = 30


class _Chain:
    """Whatever is asked of Java, answered as this test says: names lead on, calls lead on."""

    def __init__(self, jvm: Jvm) -> None:
        self.jvm = jvm

    def __getattr__(self, name: str) -> object:
        return (lambda _prefix: []) if name == "getAllWithPrefix" else self

    def __call__(self, *_arguments: object) -> _Chain:
        return self

    def get(self, *arguments: object) -> object:
        if arguments == ("com.clusop.agent",):
            return {"about": self.jvm.about, "call": self.jvm.call}
        return "" if len(arguments) > 1 else self


class _Optional:
    def __init__(self, request: str = "") -> None:
        self.request = request

    def of(self, request: str) -> _Optional:
        return _Optional(request)

    def map(self, function: object) -> _Optional:
        return _Optional(function(self.request))

    def get(self) -> str:
        return self.request


class Jvm:
    """A JVM with an agent in it, behind the names that Py4J shows."""

    def __init__(self, agent: FakeAgent) -> None:
        self.agent = agent
        self.ops: list[str] = []
        self.asked: dict[str, dict[str, object]] = {}
        self.refusals: list[str] = []
        self.settings: list[dict[str, str]] = []
        self.hangs: threading.Event | None = None
        self.does_hang = threading.Event()
        self.is_broken = False
        vars(self).update(dict.fromkeys(("java", "lang", "util", "System"), self))
        vars(self).update(
            {"Optional": _Optional(), "getProperties": self._properties, "putIfAbsent": lambda *_: "said already"}
        )

    def _properties(self) -> Jvm:
        if self.hangs is not None:
            self.does_hang.set()
            self.hangs.wait(LONG_S)
        if self.is_broken:
            raise ConnectionResetError
        return self

    def get(self, _key: str) -> dict[str, object]:
        return {"about": self.about, "call": self.call}

    def about(self, _request: str) -> str:
        return json.dumps({"protocol": PROTOCOL})

    def call(self, request: str) -> str:
        asked = json.loads(request)
        self.ops.append(asked["op"])
        self.asked[asked["op"]] = asked
        if asked["op"] == "attach" and self.refusals:
            reason = self.refusals.pop(0)
            return json.dumps({"ok": False, "reason": reason, "detail": Reason(reason).sentence})
        known = hasattr(self.agent, f"_{asked['op']}")
        return json.dumps(
            self.agent.call(**asked) if known else {"ok": True, "agent": "a" * 32, "settings": self.settings}
        )


class Context:
    """A SparkContext of PySpark, seen from outside."""

    def __init__(self, jvm: Jvm) -> None:
        vars(self)["applicationId"] = "local-1"
        self._jvm = jvm
        self._jsc = _Chain(jvm)


@pytest.fixture
def jvm(monkeypatch: pytest.MonkeyPatch) -> Jvm:
    one = Jvm(FakeAgent())
    module = ModuleType("pyspark.context")
    module.SparkContext = type("SparkContext", (), {"_gateway": object(), "_active_spark_context": Context(one)})
    monkeypatch.setitem(sys.modules, "pyspark", ModuleType("pyspark"))
    monkeypatch.setitem(sys.modules, "pyspark.context", module)
    return one


@pytest.fixture
def one(jvm: Jvm, tmp_path: Path) -> Driver:
    driver = Driver()
    assert driver.arm({"directory": str(tmp_path / "out"), "poll_interval_ms": 100})
    assert status_of(driver).state == "armed"
    assert jvm.ops[0] == "attach"
    yield driver
    jvm.hangs = None
    driver.disarm()
    attrgetter("_watch")(driver).stop()


def until(true: object) -> None:
    pause = threading.Event()
    for _ in range(LONG_S * 100):
        if true():
            return
        pause.wait(0.01)
    pytest.fail("it did not come true")


def test_a_re_arm_that_says_off_stops_what_was_at_work_and_tells_the_agent(one: Driver, jvm: Jvm) -> None:
    carrier = one.carrier
    one.arm({"enabled": False})
    assert status_of(one).state == "off"
    assert "disarm" in jvm.ops
    until(lambda: not carrier.is_alive)
    one.disarm()
    assert jvm.ops.count("disarm") == 2, "the agent is still within reach"
    one.arm({"enabled": True})
    assert status_of(one).state == "armed"
    assert one.carrier.is_alive


def test_the_agent_s_word_that_it_was_disarmed_from_here_is_not_told_beside_ours(one: Driver, jvm: Jvm) -> None:
    def told_by_agent(off: Reason) -> tuple[Reason, ...]:
        vars(jvm.agent)["_status"] = lambda _fields: {"ok": True, "off": off.id, "off_sentence": off.sentence}
        return status_of(one).reasons

    one.disarm()
    assert told_by_agent(Reason("disarmed", ": clusop.disarm()")) == (Reason("disarmed"),)
    breaker = Reason("over-cpu-budget")
    assert told_by_agent(breaker) == (Reason("disarmed"), Reason("agent-refused", breaker.sentence))


def test_what_keeps_the_jvm_from_sending_is_told_where_python_has_no_trouble_of_its_own(one: Driver, jvm: Jvm) -> None:
    delivery = {"waiting": 2, "dispatch": "endpoint-unreachable"}
    vars(jvm.agent)["_status"] = lambda _fields: {"ok": True, "delivery": delivery}
    assert "2 records not delivered: The endpoint cannot be reached." in repr(status_of(one))
    delivery["holder"] = True
    assert "not delivered:" not in repr(status_of(one)), (
        "a batcher sends: what the JVM met is over, or another's matter"
    )
    delivery["holder"] = False
    delivery["dispatch"] = "sending"
    assert "not delivered:" not in repr(status_of(one))


def test_a_re_arm_that_fails_by_chance_is_seen_and_tried_again(one: Driver, jvm: Jvm) -> None:
    first = one.carrier
    jvm.is_broken = True
    one.arm({})
    assert status_of(one).state == "dormant"
    until(lambda: not first.is_alive)
    jvm.is_broken = False
    assert one.link is not None
    one.arm({})
    assert status_of(one).state == "armed"


def test_a_call_of_the_user_s_does_not_wait_for_an_arming_that_hangs(
    one: Driver, jvm: Jvm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(driver_module, "_PATIENCE_S", 0.05)
    jvm.hangs = threading.Event()
    hung = threading.Thread(target=one.arm, args=({},), daemon=True)
    hung.start()
    assert jvm.does_hang.wait(LONG_S)
    # The batcher's call may hang first: it is about the one under the lock.
    lock = attrgetter("_lock")(one)
    until(lambda: not lock.acquire(blocking=False) or lock.release())
    assert one.disarm() is False
    assert one.arm({}) is False
    jvm.hangs.set()
    hung.join(LONG_S)


def test_a_module_that_is_loaded_again_keeps_its_driver() -> None:
    before = driver_module.driver()
    assert importlib.reload(driver_module).driver() is before


def test_what_was_delivered_is_acknowledged_on_the_way_out(one: Driver, jvm: Jvm) -> None:
    jvm.agent.waiting.append(record(1))
    until(lambda: jvm.agent.acknowledged == [record(1)])
    assert one.carrier.finish(LONG_S)
    assert not one.carrier.is_alive


@pytest.fixture
def idle(monkeypatch: pytest.MonkeyPatch) -> Driver:
    """One that nobody has told to arm yet."""
    monkeypatch.setattr(context_watch, "_RETRY_LOOKS", (1, 1, 1))
    driver = Driver()
    yield driver
    attrgetter("_watch")(driver).stop()


@pytest.mark.parametrize("door", ["pth", "arm"])
def test_an_agent_that_is_busy_arming_is_asked_again(idle: Driver, jvm: Jvm, door: str) -> None:
    jvm.refusals = ["agent-busy", "agent-busy"]
    if door == "arm":
        idle.arm({})
        assert status_of(idle).reasons[0] == Reason("agent-busy")
    else:
        idle.wait_for_spark(door)
    until(lambda: status_of(idle).state == "armed")
    assert jvm.ops.count("attach") == 3


def test_another_refusal_is_final(idle: Driver, jvm: Jvm) -> None:
    jvm.refusals = ["context-stopped"] * 5
    idle.arm({})
    assert [reason.id for reason in status_of(idle).reasons] == ["agent-refused"]
    looks = threading.Event()
    looks.wait(0.5)
    assert jvm.ops.count("attach") == 1


class Hanging:
    """An endpoint that takes what it is sent and never answers."""

    def __init__(self) -> None:
        self.came, self.go = threading.Event(), threading.Event()

    def send(self, _lines: object) -> RetryLater:
        self.came.set()
        self.go.wait(LONG_S)
        return RetryLater(Reason("endpoint-unreachable"))


def test_the_jvm_hears_how_much_of_the_exit_is_left_while_a_send_hangs(
    idle: Driver, jvm: Jvm, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint = Hanging()
    monkeypatch.setattr(driver_module, "transport_for", lambda *_: endpoint)
    jvm.agent.waiting.append(record(1))
    idle.arm({})
    assert endpoint.came.wait(LONG_S)
    waits: list[float] = []
    monkeypatch.setattr(idle.carrier, "finish", waits.append)
    attrgetter("_at_exit")(idle)()
    until(lambda: "exit" in jvm.ops)
    told = jvm.asked["exit"]
    assert told["holder"] == jvm.agent.holder
    assert 0 < told["left_ms"] <= 2000
    assert sum(waits) * 1000 + told["least_ms"] <= 2000, "both together wait no longer than one"
    assert "release" not in jvm.ops, "nor did it wait for the send to come to its end"
    endpoint.go.set()
    idle.disarm()


def test_where_nothing_is_carried_the_jvm_is_told_nothing(idle: Driver, jvm: Jvm) -> None:
    idle.arm({})
    assert idle.carrier is None
    attrgetter("_at_exit")(idle)()
    until(lambda: not attrgetter("_watch")(idle).is_alive)
    assert "exit" not in jvm.ops


def test_what_an_earlier_armer_said_stands_and_one_s_own_word_may_be_corrected(
    idle: Driver, jvm: Jvm, tmp_path: Path
) -> None:
    """Two notebooks on one JVM: the second takes over from the first, and sends to where the first did."""
    first, second, third = (str(tmp_path / name) for name in ("first", "second", "third"))
    told = {
        "directory": (first, "armer"),
        "pollIntervalMs": ("5000", "default"),
        "timeoutMs": ("soon", "armer"),
        "x": ("", ""),
    }
    jvm.settings = [{"key": f"spark.clusop.{key}", "value": one, "from": source} for key, (one, source) in told.items()]
    idle.arm({"directory": second, "poll_interval_ms": 100, "spool_max_bytes": 1 << 20})
    settings = idle.arming.settings
    assert (settings.text("directory"), settings.count("pollIntervalMs")) == (first, 100)
    assert settings.origins["spark.clusop.directory"] == "an earlier armer"
    jvm.agent.waiting.append(record(1))
    until((tmp_path / "first").is_dir)
    jvm.settings.append({"key": "spark.clusop.spool.maxBytes", "value": str(1 << 20), "from": "armer"})
    idle.arm({"directory": third, "spool_max_bytes": 1 << 21})
    settings = idle.arming.settings
    assert (settings.text("directory"), settings.count("spool.maxBytes")) == (first, 1 << 21)
    idle.disarm()

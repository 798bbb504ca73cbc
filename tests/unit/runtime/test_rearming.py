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

from clusop.runtime import driver as driver_module
from clusop.runtime.driver import Driver
from clusop.runtime.status import status_of

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
        return '{"protocol":1}'

    def call(self, request: str) -> str:
        asked = json.loads(request)
        self.ops.append(asked["op"])
        known = hasattr(self.agent, f"_{asked['op']}")
        return json.dumps(self.agent.call(**asked) if known else {"ok": True, "agent": "a" * 32})


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

"""A JVM whose own class path holds an older jar: it hides ours, and its agent is used as it is. SPEC P1 and P7."""

from __future__ import annotations

import hashlib
import json
import re
import sys
import threading
from operator import attrgetter
from pathlib import Path
from types import ModuleType, SimpleNamespace
from unittest.mock import MagicMock

import pytest
from fake_agent import AGENT, FakeAgent, record

from clusop.runtime import attach as attach_module
from clusop.runtime import driver as driver_module
from clusop.runtime.agent_link import PROTOCOL
from clusop.runtime.attach import Attached, attach
from clusop.runtime.driver import Driver
from clusop.runtime.jars import Jar
from clusop.runtime.transport.outcome import Delivered

ROOT = Path(__file__).parents[3]
LONG_S = 30


class Optional:
    def of(self, request: str) -> Optional:
        return SimpleNamespace(map=lambda function: SimpleNamespace(get=lambda: function(request)))


class OlderJvm:
    """The door of ours that it is told to load is the older jar's, whose agent of ``protocol`` answers. ``name`` is its id."""

    def __init__(self, agent: FakeAgent, protocol: int) -> None:
        self.agent, self.protocol, self.name = agent, protocol, AGENT
        self.loads: list[str] = []
        self.ops: list[str] = []
        self.properties: dict[str, object] = {}
        self.jvm = MagicMock()
        self.jvm.scala.util.Properties.versionNumberString.return_value = "2.12.18"
        self.jvm.java.lang.System.getProperties.return_value = MagicMock(get=self.properties.get)
        self.jvm.java.util.Optional = Optional()
        self.jvm.java.util.Objects.toString = lambda answer: answer
        self.jvm.java.net.URLClassLoader = self._loader
        door = SimpleNamespace(getParameterCount=lambda: 2, newInstance=self._opened)
        self.door = SimpleNamespace(getConstructors=lambda: [door])

    def _loader(self, urls: list[object], _parent: object) -> SimpleNamespace:
        self.loads.append(str(urls[0]))
        return SimpleNamespace(loadClass=lambda _name: self.door)

    def _opened(self, arguments: list[object]) -> str:
        self.properties.setdefault("com.clusop.agent", {"about": lambda _: self._told(), "call": self._call})
        return self._call(json.dumps({"op": "attach", **json.loads(arguments[1])}))

    def _told(self, **more: object) -> str:
        return json.dumps({"protocol": self.protocol, "agent": self.name, **more})

    def _call(self, text: str) -> str:
        asked = json.loads(text)
        self.ops.append(asked["op"])
        if hasattr(self.agent, f"_{asked['op']}"):
            return json.dumps(self.agent.call(**asked))
        return self._told(ok=True, armed=True)

    def context(self) -> MagicMock:
        def new_array(_kind: object, size: int) -> list[object]:
            return [None] * size

        spark = MagicMock(_jvm=self.jvm, applicationId="local-1")
        vars(spark)["_gateway"] = SimpleNamespace(new_array=new_array)
        spark.getConf.return_value.getAll.return_value = []
        attrgetter("_jsc")(spark).sc.return_value.conf.return_value.getAllWithPrefix.return_value = []
        return spark


@pytest.fixture(autouse=True)
def _jar(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "clusop.jar"
    path.write_bytes(b"jar")
    jar = Jar("2.12", path, hashlib.sha256(b"jar").hexdigest())
    monkeypatch.setattr(attach_module, "jar_for", lambda _version: jar)


def test_ours_is_loaded_once_and_then_the_older_agent_that_answered_is_asked() -> None:
    older = OlderJvm(FakeAgent(), 1)
    context = older.context()
    first = attach(context, {"door": "arm"})
    assert isinstance(first, Attached)
    assert (first.refusal, first.protocol, len(older.loads)) == (None, 1, 1)
    again = attach(context, {"door": "arm"}, first)
    assert isinstance(again, Attached)
    assert (again.refusal, again.protocol, len(older.loads)) == (None, 1, 1)
    older.name = "f" * 32
    attach(context, {"door": "arm"}, again)
    assert len(older.loads) == 2, "another agent of that age may well give way"


def test_an_agent_of_our_own_protocol_is_asked_and_nothing_is_loaded() -> None:
    agent = OlderJvm(FakeAgent(), PROTOCOL)
    context = agent.context()
    for loads in (1, 1):
        attached = attach(context, {"door": "arm"})
        assert isinstance(attached, Attached)
        assert (attached.protocol, len(agent.loads)) == (PROTOCOL, loads)


@pytest.mark.parametrize("protocol", [1, PROTOCOL])
def test_whatever_agent_answers_counts_what_was_refused(monkeypatch: pytest.MonkeyPatch, protocol: int) -> None:
    older = OlderJvm(FakeAgent(record(1), record(2), protocol=protocol), protocol)
    module = ModuleType("pyspark.context")
    module.SparkContext = type("SparkContext", (), {"_gateway": object(), "_active_spark_context": older.context()})
    monkeypatch.setitem(sys.modules, "pyspark", ModuleType("pyspark"))
    monkeypatch.setitem(sys.modules, "pyspark.context", module)
    refusing = SimpleNamespace(send=lambda _lines: Delivered({record(1): "conflict"}))
    monkeypatch.setattr(driver_module, "transport_for", lambda *_: refusing)
    driver = Driver()
    driver.arm({"poll_interval_ms": 100})
    driver.arm({})
    pause = threading.Event()
    for _ in range(LONG_S * 100):
        if older.agent.losses:
            break
        pause.wait(0.01)
    assert driver.carrier.finish(LONG_S)
    driver.disarm()
    attrgetter("_watch")(driver).stop()
    assert older.agent.losses == {"conflict": 1}
    assert older.agent.acknowledged == [record(1), record(2)]
    assert len(older.loads) == 1


def test_python_and_the_jvm_speak_one_protocol() -> None:
    source = ROOT / "scala/src/main/scala/com/clusop/listener/agent/Identity.scala"
    assert re.findall(r"val Protocol: Long = (\d+)", source.read_text(encoding="utf-8")) == [str(PROTOCOL)]

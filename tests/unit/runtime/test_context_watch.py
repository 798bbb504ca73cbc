"""Waiting for Spark: each context once, the next one too, a Connect session ends it; nothing of Spark is imported. SPEC P1."""

from __future__ import annotations

import sys
import threading
from types import ModuleType
from typing import TYPE_CHECKING

import pytest

from clusop.reasons import Reason
from clusop.runtime import context_watch
from clusop.runtime.context_watch import ContextWatch, Looks, next_wait_s
from clusop.runtime.guard import Guard
from clusop.runtime.process import OwnProcess
from clusop.runtime.spark_session import active_context, connect_session, has_gateway, why_dormant

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

LONG_S = 30


class Context:
    """What PySpark's context looks like from outside."""

    def __init__(self, *, is_up: bool = True) -> None:
        self.is_up = is_up
        self.look_count = 0

    @property
    def _jsc(self) -> object | None:
        self.look_count += 1
        return self if self.is_up else None


class Spark:
    """What PySpark's class of contexts looks like from outside."""

    def __init__(self) -> None:
        self._active_spark_context: Context | None = None
        self._gateway: object = None

    def launch(self) -> None:
        self._gateway = object()

    def has(self, context: Context) -> None:
        self._active_spark_context = context


class Connect:
    """What the class of Connect sessions looks like from outside."""

    def __init__(self) -> None:
        self._default_session: object = None
        self._active_session = threading.local()

    def make_default(self) -> None:
        self._default_session = object()

    def make_active(self) -> None:
        self._active_session.session = object()


@pytest.fixture
def spark(monkeypatch: pytest.MonkeyPatch) -> Spark:
    """A PySpark that somebody imported, without a context yet."""
    module = ModuleType("pyspark.context")
    module.SparkContext = Spark()
    monkeypatch.setitem(sys.modules, "pyspark", ModuleType("pyspark"))
    monkeypatch.setitem(sys.modules, "pyspark.context", module)
    return module.SparkContext


@pytest.fixture
def connect(monkeypatch: pytest.MonkeyPatch) -> Connect:
    module = ModuleType("pyspark.sql.connect.session")
    module.SparkSession = Connect()
    monkeypatch.setitem(sys.modules, "pyspark.sql.connect.session", module)
    return module.SparkSession


class Seen:
    def __init__(self) -> None:
        self.contexts: list[object] = []
        self.dormant: list[Reason] = []
        self.event = threading.Event()

    def context(self, context: object) -> None:
        self.contexts.append(context)
        self.event.set()

    def sleep(self, reason: Reason) -> None:
        self.dormant.append(reason)
        self.event.set()

    def next(self) -> None:
        assert self.event.wait(LONG_S)
        self.event.clear()


@pytest.fixture
def seen() -> Seen:
    return Seen()


@pytest.fixture
def watch(seen: Seen) -> Iterator[ContextWatch]:
    one = ContextWatch(Looks(seen.context, seen.sleep), OwnProcess(), Guard(raising=True))
    yield one
    one.stop()
    until(lambda: not one.is_alive)


def until(true: Callable[[], bool]) -> None:
    pause = threading.Event()
    for _ in range(LONG_S * 100):
        if true():
            return
        pause.wait(0.01)
    pytest.fail("it did not come true")


def test_a_context_is_armed_once_and_the_next_one_too(spark: Spark, seen: Seen, watch: ContextWatch) -> None:
    watch.start()
    spark.launch()
    first, second = Context(is_up=False), Context()
    spark.has(first)
    first.is_up = True
    seen.next()
    looked = first.look_count
    until(lambda: first.look_count > looked + 4)
    assert seen.contexts == [first], "it is looked at again and again, and armed once"
    first.is_up = False
    spark.has(second)
    seen.next()
    assert seen.contexts == [first, second]


def test_a_context_that_is_being_made_is_none(spark: Spark) -> None:
    spark.has(Context(is_up=False))
    assert active_context() is None
    spark.launch()
    assert has_gateway()


def test_a_context_somebody_armed_is_not_armed_again(spark: Spark, seen: Seen, watch: ContextWatch) -> None:
    known, fresh = Context(), Context()
    spark.has(known)
    watch.note(known)
    watch.start()
    spark.has(fresh)
    seen.next()
    assert seen.contexts == [fresh]


def test_a_connect_session_is_told_once_and_ends_the_watch(connect: Connect, seen: Seen, watch: ContextWatch) -> None:
    watch.start()
    connect.make_default()
    seen.next()
    until(lambda: not watch.is_alive)
    assert [reason.id for reason in seen.dormant] == ["spark-connect"]


@pytest.mark.parametrize(
    ("environ", "reason"),
    [
        ({}, "spark-connect"),
        ({"DATABRICKS_RUNTIME_VERSION": "17.3"}, "standard-access-mode"),
        ({"DATABRICKS_RUNTIME_VERSION": "client.5.1"}, "serverless-compute"),
        ({"DATABRICKS_RUNTIME_VERSION": "18.x", "IS_SERVERLESS": "TRUE"}, "serverless-compute"),
    ],
)
def test_why_there_will_be_no_jvm(connect: Connect, environ: dict[str, str], reason: str) -> None:
    assert why_dormant(environ) is None, "the module alone says nothing"
    connect.make_active()
    assert connect_session() is not None
    assert why_dormant(environ) == Reason(reason)


@pytest.fixture
def package(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, spark: Spark) -> Path:
    """The folder of that PySpark, and a working directory far from any Spark."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "a" / "b" / "pyspark"
    folder.mkdir(parents=True)
    monkeypatch.setattr(sys.modules["pyspark"], "__file__", str(folder / "__init__.py"), raising=False)
    spark.has(Context(is_up=False))
    return folder


def test_a_client_that_can_start_no_jvm_need_not_be_waited_for(package: Path) -> None:
    assert why_dormant({}) == Reason("spark-connect")
    (package / "bin").mkdir()
    (package / "bin" / "spark-submit").touch()
    assert why_dormant({}) == Reason("spark-connect"), "Databricks' client has the scripts and no jars"
    (package / "jars").mkdir()
    assert why_dormant({}) is None


@pytest.mark.parametrize("sign", ["SPARK_HOME", "PYSPARK_GATEWAY_PORT", "DATABRICKS_RUNTIME_VERSION"])
def test_a_jvm_elsewhere_is_waited_for(package: Path, sign: str) -> None:
    assert not (package / "jars").exists()
    assert why_dormant({sign: "14.3"}) is None


def test_a_jvm_that_is_there_is_waited_for(package: Path, spark: Spark) -> None:
    assert not (package / "jars").exists()
    spark.launch()
    assert why_dormant({}) is None


def test_each_look_at_a_context_is_told(spark: Spark, seen: Seen) -> None:
    looks = threading.Semaphore(0)
    one = ContextWatch(Looks(seen.context, seen.sleep, looks.release), OwnProcess(), Guard(raising=True))
    one.start()
    spark.has(Context())
    assert looks.acquire(timeout=LONG_S)
    assert looks.acquire(timeout=LONG_S)
    assert len(seen.contexts) == 1
    one.stop()
    until(lambda: not one.is_alive)


def test_a_classic_context_beside_a_connect_session_is_armed(spark: Spark, connect: Connect) -> None:
    connect.make_default()
    spark.has(Context())
    assert why_dormant({}) is None


def test_what_may_come_right_is_tried_again_and_not_for_ever(spark: Spark, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(context_watch, "_RETRY_LOOKS", (1, 1))
    tries = threading.Semaphore(0)
    looks = threading.Semaphore(0)

    def fails(_context: object) -> bool:
        tries.release()
        return True

    one = ContextWatch(Looks(fails, lambda _: None, looks.release), OwnProcess(), Guard(raising=True))
    spark.has(Context())
    one.start()
    for _ in range(3):
        assert tries.acquire(timeout=LONG_S)
    for _ in range(6):
        assert looks.acquire(timeout=LONG_S)
    assert not tries.acquire(blocking=False)
    one.stop()
    until(lambda: not one.is_alive)


def test_whoever_armed_in_vain_may_have_it_tried_again(
    spark: Spark, seen: Seen, watch: ContextWatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(context_watch, "_RETRY_LOOKS", (1,))
    known = Context()
    spark.has(known)
    watch.note(known, again=True)
    watch.start()
    seen.next()
    assert seen.contexts == [known]


def test_the_last_that_is_called_is_who_waits_for_the_stop(spark: Spark, seen: Seen) -> None:
    last = threading.Event()
    one = ContextWatch(Looks(seen.context, seen.sleep, on_stop=last.set), OwnProcess(), Guard(raising=True))
    one.start()
    spark.has(Context())
    seen.next()
    assert not last.is_set()
    one.stop()
    assert last.wait(LONG_S)


def test_a_fault_while_arming_ends_nothing_but_itself(spark: Spark, seen: Seen) -> None:
    guard = Guard(raising=False)

    def breaks(context: object) -> None:
        seen.context(context)
        raise SystemExit(3)

    one = ContextWatch(Looks(breaks, seen.sleep), OwnProcess(), guard)
    one.start()
    for context in (Context(), Context()):
        spark.has(context)
        seen.next()
        assert seen.contexts[-1] is context
    one.stop()
    until(lambda: not one.is_alive)
    assert guard.faults == {"arm-look: SystemExit": 2}


def test_looking_is_rare_but_while_a_jvm_is_starting() -> None:
    assert next_wait_s(0.0, is_near=True, looks=0) == 0.02
    assert next_wait_s(0.02, is_near=True, looks=10_000) == 0.1
    waits, wait_s = [], 0.0
    for looks in range(6):
        wait_s = next_wait_s(wait_s, is_near=False, looks=looks)
        waits.append(wait_s)
    assert waits == [0.1, 0.2, 0.4, 0.8, 1.0, 1.0]

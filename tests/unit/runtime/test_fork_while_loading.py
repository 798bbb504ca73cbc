"""A child forked while a thread of ours loads modules can load them too, and nobody waits long for it. SPEC P1."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from operator import attrgetter
from pathlib import Path

import pytest

from clusop.clock import SystemClock
from clusop.runtime.loading import Loading

SOURCE = Path(__file__).resolve().parents[3] / "src"
LONG_S = 60

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")

# Whoever loads INNER on another thread stands still there, with the lock of OUTER in its hands, until the fork or for a moment.
HELD = """
import os, signal, sys, threading
main, reached, go = threading.get_ident(), threading.Event(), threading.Event()

def hold(event, arguments):
    if event == "import" and arguments[0] == INNER and threading.get_ident() != main and not reached.is_set():
        reached.set()
        go.wait(HOLD_S)

assert OUTER not in sys.modules
sys.addaudithook(hold)
START()
assert reached.wait(60)
pid = os.fork()
if pid == 0:
    signal.alarm(10)
    if IS_TRIED:
        __import__(OUTER)
    os._exit(0)
print("still loading" if OUTER not in sys.modules or getattr(sys.modules[OUTER].__spec__, "_initializing", False) else "loaded")
again = os.fork()
if again == 0:
    os._exit(0)
go.set()
print([os.waitstatus_to_exitcode(os.waitpid(one, 0)[1]) for one in (pid, again)])
"""
# The moment the JVM is up: clusop's lookout hands over to the threads that arm.
LOOKOUT = """
import types
def START():
    spark = types.ModuleType("pyspark.context")
    spark.SparkContext = type("SparkContext", (), {"_gateway": object(), "_active_spark_context": None})
    sys.modules["pyspark.context"], sys.modules["pyspark"] = spark, types.ModuleType("pyspark")
    from clusop.runtime.lookout import keep_lookout
    keep_lookout("pth")
"""
# The moment the context is up: the thread that arms loads what speaks HTTP.
TRANSPORT = """
def START():
    from clusop.clock import SystemClock
    from clusop.runtime.settings import resolve
    from clusop.runtime.transport.choose import transport_for
    settings = resolve({}, {"endpoint": "http://localhost:9"}, {})
    threading.Thread(target=transport_for, args=(settings, SystemClock()), daemon=True).start()
"""


def told(start: str, names: tuple[str, str], hold_s: float, *, is_tried: bool) -> list[str]:
    given = f"OUTER, INNER = {names!r}\nHOLD_S, IS_TRIED = {hold_s!r}, {is_tried!r}\n"
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(SOURCE), "SPARK_HOME": "/nowhere"}
    done = subprocess.run(
        [
            sys.executable,
            "-S",
            "-W",
            "ignore::DeprecationWarning",
            "-c",
            given + "import sys, threading\n" + start + HELD,
        ],
        capture_output=True,
        text=True,
        timeout=LONG_S * 2,
        env=env,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.splitlines()


@pytest.mark.parametrize(
    ("start", "names"),
    [(LOOKOUT, ("json", "json.decoder")), (TRANSPORT, ("email.parser", "email.feedparser"))],
    ids=["lookout", "transport"],
)
def test_a_child_loads_what_a_thread_of_ours_was_loading(start: str, names: tuple[str, str]) -> None:
    assert told(start, names, 0.3, is_tried=True) == ["loaded", "[0, 0]"]


def test_a_fork_does_not_wait_for_a_module_that_is_never_loaded() -> None:
    assert told(LOOKOUT, ("json", "json.decoder"), LONG_S, is_tried=False) == ["still loading", "[0, 0]"]


class Held:
    """A lock of loading that another thread holds."""

    def __init__(self) -> None:
        self.loading = Loading()
        self.fork, self.go_on, self.renew = attrgetter("_hold", "_go_on", "_renew")(self.loading)
        self.is_within, self.leave = threading.Event(), threading.Event()
        self.thread = threading.Thread(target=self._stay, daemon=True)
        self.thread.start()
        assert self.is_within.wait(LONG_S)

    def _stay(self) -> None:
        with self.loading, self.loading:
            self.is_within.set()
            self.leave.wait(LONG_S)

    def end(self) -> None:
        self.leave.set()
        self.thread.join(LONG_S)


def test_only_the_first_of_many_forks_waits_for_a_module_that_hangs() -> None:
    held, clock = Held(), SystemClock()
    for _ in range(20):
        held.fork()
        held.go_on()
    held.fork()
    before_ms = clock.monotonic_ms()
    held.fork()
    assert clock.monotonic_ms() - before_ms < 500
    held.end()
    held.loading.load("json")


def test_a_fork_has_the_next_turn_and_the_loading_goes_on_after_it() -> None:
    held = Held()
    forked, loaded = threading.Event(), threading.Event()
    forks = threading.Thread(target=lambda: (held.fork(), forked.set()), daemon=True)
    forks.start()
    held.end()
    assert forked.wait(LONG_S)
    loads = threading.Thread(target=lambda: (held.loading.load("json os"), loaded.set()), daemon=True)
    loads.start()
    assert not loaded.wait(0.1), "it waits until the fork is done"
    attrgetter("_forks")(held.loading).add(threading.get_ident())  # as the thread that forked
    held.go_on()
    assert loaded.wait(LONG_S)


def test_in_a_child_nothing_is_held() -> None:
    held = Held()
    held.renew()
    held.loading.load("json")
    held.leave.set()


def test_a_module_that_forks_while_it_is_loaded_does_not_wait_for_itself() -> None:
    one = Loading()
    hold, go_on = attrgetter("_hold", "_go_on")(one)
    with one:
        hold()
        go_on()
        assert one.is_mine
    assert not one.is_mine

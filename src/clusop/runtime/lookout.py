"""Waiting for Spark where there is none yet, at next to no cost: one thread that imports nothing and that Python does not list.

Most Pythons of a driver's node never meet Spark: tools, shells, helpers. So the thread is a bare one: a program that joins all
threads that ``threading`` knows would wait for it for ever, and one that has an ``email.py`` of its own beside it would import
that instead of Python's if clusop loaded its parts now. They are loaded once a JVM is there. And it is not there while a program
forks: Python 3.12 and newer warn of a fork beside any thread.
"""

from __future__ import annotations

import _thread
import os
import sys

from clusop.runtime.farewell import take_a_place
from clusop.runtime.guard import Guard
from clusop.runtime.loading import loading
from clusop.runtime.process import own_process
from clusop.runtime.python_library import CORE, hidden
from clusop.runtime.quiet_thread import start_shielded
from clusop.runtime.spark_session import active_context, has_gateway, has_pyspark, is_clear_without_jvm

__all__ = ["Lookout", "keep_lookout"]

_FIRST_S = 0.05
_WITH_PYSPARK_S = 0.25
_LONGEST_S = 1.0
# PySpark may be imported for its types alone; then the looks grow rare again.
_LOOKS_WITH_PYSPARK = 240
# A thread between two looks is gone in microseconds; one that is handing over is not waited for.
_STEP_ASIDE_S = 0.05
# All of clusop's runtime is the last; what it stands on comes before, so that a fork need not wait for the whole.
_PARTS = (
    "re dataclasses decimal fractions datetime json pathlib inspect threading random uuid tempfile hashlib importlib.resources "
    "clusop.reasons clusop.runtime.settings clusop.runtime.facts clusop.runtime.driver"
)


class Lookout:
    """One wait for Spark. What is next is done by the driver's own threads."""

    def __init__(self, door: str) -> None:
        self._door = door
        self._guard = Guard()
        self._looks = 0
        self._wait_s = _FIRST_S
        self._asides = 0
        self._is_over = False
        self._pause = self._running = _thread.allocate_lock()

    def start(self) -> None:
        """Start waiting. Returns at once."""
        take_a_place()
        own_process()
        if hasattr(os, "register_at_fork"):
            # In the child nothing happens: there is no thread, and it is to have none.
            os.register_at_fork(before=self._step_aside, after_in_parent=self._come_back)
        self._go()

    def _go(self) -> None:
        self._pause, self._running = pause, running = _thread.allocate_lock(), _thread.allocate_lock()
        pause.acquire()
        running.acquire()
        start_shielded(lambda: _thread.start_new_thread(self._keep, (pause, running)))

    def _step_aside(self) -> None:
        with self._guard.watch("fork"):
            self._asides += 1
            if not self._is_over and self._asides == 1:
                self._pause.release()
                self._running.acquire(timeout=_STEP_ASIDE_S)

    def _come_back(self) -> None:
        with self._guard.watch("fork"):
            self._asides -= 1
            if not self._is_over and self._asides == 0:
                self._go()

    def _keep(self, pause: _thread.LockType, running: _thread.LockType) -> None:
        with self._guard.watch("lookout"):
            while not _is_near():
                if pause.acquire(timeout=self._wait_s):
                    running.release()
                    return
                self._looks += has_pyspark()
                rare_s = _WITH_PYSPARK_S if 0 < self._looks < _LOOKS_WITH_PYSPARK else _LONGEST_S
                self._wait_s = min(self._wait_s * 2, rare_s)
            self._is_over = True
            _hand_over(self._door)


_lookouts: list[Lookout] = []


def keep_lookout(door: str) -> None:
    """Wait for Spark, once in a process."""
    if not _lookouts:
        _lookouts.append(Lookout(door))
        _lookouts[0].start()


def _is_near() -> bool:
    """A JVM is up, and its context follows within seconds; or it is clear that there will be none."""
    return has_pyspark() and (has_gateway() or active_context() is not None or is_clear_without_jvm(os.environ))


def _hand_over(door: str) -> None:
    loading().load("importlib.machinery")
    taken = hidden(CORE)
    if taken:
        _say(f"clusop: not armed: {taken} hides Python's own module of this name.")
        return
    loading().load(_PARTS)
    from clusop.runtime.driver import driver  # here: it loads all of clusop's runtime

    driver().wait_for_spark(door)


def _say(line: str) -> None:
    """The one line, where not even the catalogue of reasons can be loaded."""
    stream = sys.stderr
    if stream is not None:
        stream.write(f"{line}\n")
        stream.flush()

"""The one object of clusop in a driver's Python: who armed, through which link, and which threads are at work."""

from __future__ import annotations

import atexit
import os
import random
import threading
import uuid
from functools import partial
from typing import TYPE_CHECKING, Any

from clusop.clock import SystemClock
from clusop.reasons import Reason
from clusop.runtime.arming import Arming, arm_context, off_because, token_problem
from clusop.runtime.batcher import Batcher, Way
from clusop.runtime.batcher_thread import BatcherThread
from clusop.runtime.context_watch import ContextWatch
from clusop.runtime.guard import Guard
from clusop.runtime.jvm_errors import JvmCallError
from clusop.runtime.pace import Pace
from clusop.runtime.process import OwnProcess
from clusop.runtime.quiet_py4j import quiet_py4j
from clusop.runtime.settings import resolve
from clusop.runtime.spark_session import active_context, why_dormant
from clusop.runtime.spool import Spool
from clusop.runtime.transport.choose import transport_for
from clusop.runtime.voice import Voice

if TYPE_CHECKING:
    from collections.abc import Mapping

    from clusop.runtime.agent_link import Answer, Caller

__all__ = ["Driver", "driver"]

_FLUSH_S = 2.0
_MS_PER_S = 1000


class Driver:
    """Arms at most one agent per JVM, whoever asks and however often. All that is public is safe from any thread."""

    def __init__(self) -> None:
        self.guard = Guard()
        self.process = OwnProcess()
        self._clock = SystemClock()
        self._voice = Voice()
        self._lock = threading.RLock()
        self._given: dict[str, object] = {}
        self._watch: ContextWatch | None = None
        self._carrier: BatcherThread | None = None
        self._is_disarmed = False
        self.arming: Arming | None = None
        self.reason: Reason | None = None
        # Registered early, so run late: a handler of the user's own may still run queries.
        atexit.register(self._at_exit)

    def wait_for_spark(self, door: str, known: Any | None = None) -> None:  # Any: a SparkContext of PySpark
        """Start watching for contexts, once; arm each that comes up but the one that is ``known``. Returns at once."""
        with self._lock:
            if self._watch is None or not self._watch.is_alive:
                arrived = partial(self._arrived, door)
                self._watch = ContextWatch(arrived, self._sleep, self.process, self.guard)
                self._watch.note(known)
                self._watch.start()
            elif known is not None:
                self._watch.note(known)

    def arm(self, given: Mapping[str, object]) -> None:
        """Arm because somebody said so: now, or as soon as there is a context."""
        with self._lock:
            self._is_disarmed = False
            self._given.update(given)
            context = active_context()
            if context is not None:
                self._arm(context, "arm")
                self.wait_for_spark("arm", known=context)  # for the next one
                return
            settings = resolve({}, self._given, os.environ)
            dormant = why_dormant(os.environ)
            off = off_because(settings)
            self.reason = off or dormant or Reason("no-context", "; clusop arms when there is one")
            self._voice.say([*settings.problems, *token_problem(settings), *([dormant] if dormant else [])])
            if off is None and dormant is None:
                self.wait_for_spark("arm")

    def disarm(self) -> None:
        """Go quiet: the agent's callbacks return at once, nothing is sent. What is waiting stays where it is."""
        with self._lock:
            self._is_disarmed = True
            self.reason = Reason("disarmed")
            if self._carrier is not None:
                self._carrier.stop()
            if self.link is not None:
                self.ask("disarm", reason="clusop.disarm()")

    @property
    def link(self) -> Caller | None:
        """The way to the agent; ``None``: not attached."""
        return self.arming.attached.link if self.arming is not None and self.arming.attached is not None else None

    @property
    def carrier(self) -> BatcherThread | None:
        """The thread that carries records out, if there is somewhere to carry them."""
        return self._carrier

    def ask(self, op: str, **fields: object) -> Answer | Reason:
        """The agent's answer to one operation, or why there is none."""
        link = self.link
        if link is None:
            return self.reason or Reason("not-armed")
        try:
            return link.call(op, **fields)
        except JvmCallError as error:
            return error.reason

    def _arrived(self, door: str, context: Any) -> None:  # Any: as above
        with self._lock:
            if not self._is_disarmed:
                self._arm(context, door)

    def _sleep(self, reason: Reason) -> None:
        self.reason = reason
        self._voice.say([reason])

    def _arm(self, context: Any, door: str) -> None:  # Any: as above
        quiet_py4j()
        self.arming = arming = arm_context(context, door, self._given, os.environ)
        self.reason = arming.failure
        said = [] if arming.failure is None or arming.is_wish else [arming.failure]
        link = arming.attached.link if arming.attached is not None else None
        self._voice.say([*said, *arming.problems], (lambda: True) if link is None else link.take_the_line)
        if arming.is_armed and link is not None:
            self._carry(arming, link)

    def _carry(self, arming: Arming, link: Caller) -> None:
        settings = arming.settings
        transport = transport_for(settings, self._clock)
        if self._carrier is not None:
            self._carrier.stop()
        if transport is None:
            self._carrier = None
            return
        spool = settings.text("spool.directory")
        # Files are as safe as a spool; only an endpoint can be away.
        has_spool = bool(spool and settings.text("endpoint"))
        way = Way(
            transport,
            Spool(spool, settings.count("spool.maxBytes")) if has_spool else None,
            settings.text("killFile"),
        )
        pace = Pace(settings.count("pollIntervalMs") / _MS_PER_S, random.SystemRandom().random)
        batcher = Batcher(uuid.uuid4().hex, link, way, pace)
        self._carrier = BatcherThread(batcher, self.process, self.guard, self._clock)
        self._carrier.start()

    def _at_exit(self) -> None:
        with self.guard.watch("exit"):
            if self.process.is_own and self._carrier is not None:
                self._carrier.finish(_FLUSH_S)


_DRIVER = Driver()


def driver() -> Driver:
    """The one of this process. Made when this module is imported, so that two threads cannot make two."""
    return _DRIVER

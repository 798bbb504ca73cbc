"""The one object of clusop in a driver's Python: who armed, through which link, and which threads are at work."""

from __future__ import annotations

import os
import random
import threading
import uuid
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from clusop.clock import SystemClock
from clusop.reasons import Reason, catalogue
from clusop.runtime.arming import Arming, arm_context, off_because, problems_of
from clusop.runtime.batcher import Batcher, Peer, Way
from clusop.runtime.batcher_thread import BatcherThread
from clusop.runtime.context_watch import ContextWatch, Looks
from clusop.runtime.farewell import at_exit
from clusop.runtime.guard import Guard
from clusop.runtime.jvm_errors import JvmCallError
from clusop.runtime.pace import Pace
from clusop.runtime.process import own_process
from clusop.runtime.quiet_py4j import quiet_py4j
from clusop.runtime.quiet_thread import in_main_interpreter
from clusop.runtime.settings import declared, resolve
from clusop.runtime.spark_session import active_context, why_dormant
from clusop.runtime.spool import Spool
from clusop.runtime.switch import is_disabled
from clusop.runtime.transport.choose import transport_for
from clusop.runtime.voice import Voice

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from clusop.runtime.agent_link import Answer, Caller

__all__ = ["Driver", "driver"]

# What an exit may take for our sake, here and in a JVM that ends with this Python (spark-submit waits for both); how much of it
# may pass here, and how much is the JVM's at least.
_EXIT_S = 2.0
_FLUSH_S = 1.2
_JVM_S = 0.8
# The longest a call of the user's waits for a thread of ours that hangs while it arms.
_PATIENCE_S = 5.0
_MS_PER_S = 1000


class Driver:
    """Arms at most one agent per JVM, whoever asks and however often. All that is public is safe from any thread."""

    def __init__(self) -> None:
        self.guard = Guard()
        self.process = own_process()
        self._clock = SystemClock()
        self._voice = Voice()
        self._lock = threading.RLock()
        self._given: dict[str, object] = {}
        self._watch: ContextWatch | None = None
        self._carrier: BatcherThread | None = None
        self._is_disarmed = False
        self._exit_by_ms: float | None = None
        self.arming: Arming | None = None
        self.reason: Reason | None = None
        self.why_not_sent: Reason | None = None
        at_exit(self._at_exit)
        # Read once, and now: threads of ours must load nothing later, and the wheel may be replaced meanwhile.
        catalogue()
        declared()

    def wait_for_spark(self, door: str, known: Any | None = None) -> None:  # Any: a SparkContext of PySpark
        """Start watching for contexts, once; arm each that comes up but the one that is ``known``. Returns at once."""
        with self._lock:
            if self._watch is None or not self._watch.is_alive:
                arrived = partial(self._arrived, door)
                looks = Looks(arrived, self._sleep, self._mind_the_switch, self._tell_the_exit)
                self._watch = ContextWatch(looks, self.process, self.guard)
                self._note(known)
                self._watch.start()
            else:
                self._note(known)

    def _note(self, known: Any | None) -> None:  # Any: as above
        if self._watch is not None and known is not None:
            self._watch.note(known, again=self.arming is not None and self.arming.may_come_right)

    def arm(self, given: Mapping[str, object]) -> bool:
        """Arm because somebody said so: now, or as soon as there is a context. ``False``: another thread is at it and hangs."""
        if not in_main_interpreter():
            self._sleep(Reason("sub-interpreter"))
            return True
        return self._in_turn(partial(self._arm_now_or_later, given))

    def disarm(self) -> bool:
        """Go quiet: the agent's callbacks return at once, nothing is sent. What is waiting stays where it is. ``False``: as
        above, and whoever hangs goes quiet when it comes back.
        """
        self._is_disarmed = True
        if self._carrier is not None:
            self._carrier.stop()
        return self._in_turn(self._go_quiet_as_told)

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

    def _in_turn(self, work: Callable[[], None]) -> bool:
        """Do the user's work under the lock; whether it was free in time."""
        if not self._lock.acquire(timeout=_PATIENCE_S):
            return False
        try:
            work()
        finally:
            self._lock.release()
        return True

    def _arm_now_or_later(self, given: Mapping[str, object]) -> None:
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
        self._voice.say([*problems_of(settings), *([dormant] if dormant else [])])
        if off is None and dormant is None:
            self.wait_for_spark("arm")

    def _arrived(self, door: str, context: Any) -> bool:  # Any: as above
        """Arm it; whether it is worth another attempt."""
        with self._lock:
            if self._is_disarmed:
                return False
            self._arm(context, door)
            if self._is_disarmed:  # meanwhile
                self._go_quiet_as_told()
            return self.arming is not None and self.arming.may_come_right

    def _mind_the_switch(self) -> None:
        """The JVM sees its own environment only: a switch thrown later in this Python is found here, within a second."""
        if self.reason is None and self.link is not None and is_disabled(os.environ):
            with self._lock:
                self._go_quiet(Reason("switched-off", "CLUSOP_DISABLE"), "CLUSOP_DISABLE")

    def _go_quiet_as_told(self) -> None:
        self._go_quiet(Reason("disarmed"), "clusop.disarm()")

    def _go_quiet(self, reason: Reason, by: str) -> None:
        self.reason = reason
        if self._carrier is not None:
            self._carrier.stop()
        if self.link is not None:
            self.ask("disarm", reason=by)

    def _sleep(self, reason: Reason) -> None:
        self.reason = reason
        self._voice.say([reason])

    def _arm(self, context: Any, door: str) -> None:  # Any: as above
        quiet_py4j()
        before = self.arming
        self.arming = arming = arm_context(context, door, self._given, os.environ, before)
        self.reason = arming.failure
        if not arming.is_armed:
            self._stand_down(arming, before)
        said = [] if arming.failure is None or arming.is_wish else [arming.failure]
        link = arming.attached.link if arming.attached is not None else None
        self._voice.say([*said, *arming.problems], (lambda: True) if link is None else link.take_the_line)
        if arming.is_armed and link is not None:
            self._carry(arming, link)

    def _stand_down(self, arming: Arming, before: Arming | None) -> None:
        """Where an attempt did not arm, what an earlier one left at work does not go on behind its back."""
        if self._carrier is not None:
            self._carrier.stop()
        if arming.attached is None and before is not None and before.attached is not None:
            self.arming = replace(arming, attached=before.attached)
            if arming.is_wish and arming.failure is not None:
                self.ask("disarm", reason=arming.failure.id)

    def _carry(self, arming: Arming, link: Caller) -> None:
        settings = arming.settings
        transport = transport_for(settings, self._clock)
        if self._carrier is not None:
            self._carrier.stop()
        self.why_not_sent = transport if isinstance(transport, Reason) else None
        if isinstance(transport, Reason):
            self._carrier = None
            return
        spool = settings.text("spool.directory")
        # Files are as safe as a spool; only an endpoint can be away.
        has_spool = bool(spool and settings.text("endpoint"))
        way = Way(
            transport,
            Spool(spool, settings.count("spool.maxBytes"), self._clock) if has_spool else None,
            settings.text("killFile"),
        )
        pace = Pace(settings.count("pollIntervalMs") / _MS_PER_S, random.SystemRandom().random)
        attached = arming.attached
        peer = Peer() if attached is None else Peer(str(attached.answer.get("agent", "")), attached.protocol)
        batcher = Batcher(uuid.uuid4().hex, link, way, pace, peer)
        self._carrier = BatcherThread(batcher, self.process, self.guard, self._clock)
        self._carrier.start()

    def _at_exit(self) -> None:
        with self.guard.watch("exit"):
            if not self.process.is_own:
                return  # a lock of these threads may be held by one that is not here
            self._exit_by_ms = self._clock.monotonic_ms() + _EXIT_S * _MS_PER_S
            if self._watch is not None:
                self._watch.stop()  # a thread that writes while Python ends can abort it
            if self._carrier is not None:
                self._carrier.finish(_FLUSH_S)

    def _tell_the_exit(self) -> None:
        """Tell a JVM that may end with us how long it may still take. On the watch's thread: a call that hangs costs nothing,
        the batcher's may hang in a send, and while Python exits no thread can be started.
        """
        if self._exit_by_ms is None or self._carrier is None:
            return
        left_ms = max(self._exit_by_ms - self._clock.monotonic_ms(), 0)
        self.ask("exit", holder=self._carrier.batcher.holder, left_ms=int(left_ms), least_ms=int(_JVM_S * _MS_PER_S))


# Kept where the module is loaded anew (importlib.reload, a notebook's autoreload): two would be two batchers.
_DRIVER: Driver = globals().get("_DRIVER") or Driver()


def driver() -> Driver:
    """The one of this process. Made when this module is imported, so that two threads cannot make two."""
    return _DRIVER

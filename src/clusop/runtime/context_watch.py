"""The thread ``clusop-arm``: waits until this process has a SparkContext with a JVM, says so, and goes on watching for the next.

Nothing is patched and nothing of Spark is imported: it looks. That costs a few attribute reads per look, twenty looks a second
while a JVM is starting, one a second otherwise.
"""

from __future__ import annotations

import os
import threading
import weakref
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from clusop.runtime.quiet_thread import start_shielded
from clusop.runtime.spark_session import active_context, has_gateway, has_pyspark, why_dormant

if TYPE_CHECKING:
    from collections.abc import Callable

    from clusop.reasons import Reason
    from clusop.runtime.guard import Guard
    from clusop.runtime.process import OwnProcess

__all__ = ["ContextWatch", "Looks", "next_wait_s"]

# A JVM is up: its context follows within seconds, and with it the first query.
_NEAR_S = 0.02
_FIRST_S = 0.05
_LONGEST_S = 1.0
# A gateway may stay without a context, after spark.stop(); then the near wait grows as well.
_NEAR_LOOKS = 3000
_MOST_FAULTS = 20
# After how many looks, about one a second, arming is tried again.
_RETRY_LOOKS = (2, 10, 30)


def next_wait_s(wait_s: float, *, is_near: bool, looks: int) -> float:
    """How long to wait before the next look."""
    if is_near and looks < _NEAR_LOOKS:
        return _NEAR_S
    return min(max(wait_s, _FIRST_S) * 2, _LONGEST_S)


@dataclass(frozen=True, slots=True)
class Looks:
    """What is called: ``on_context`` for each context that comes up, once, and again after a while if it answers that this may
    help; ``on_dormant`` if there will be none, and that is the end; ``on_look`` at each look at a context that is up;
    ``on_stop`` as the last, where somebody stops the watch.
    """

    on_context: Callable[[Any], bool | None]  # Any: a SparkContext of PySpark
    on_dormant: Callable[[Reason], None]
    on_look: Callable[[], None] = lambda: None
    on_stop: Callable[[], None] = lambda: None


class ContextWatch:
    """Watches, and calls what it is given in ``looks``."""

    def __init__(self, looks: Looks, process: OwnProcess, guard: Guard) -> None:
        self._looks = looks
        self._process = process
        self._guard = guard
        self._stop = threading.Event()
        # Weak: a stopped context must be free to go.
        self._seen: Callable[[], Any] = lambda: None
        self._looks_to_retry: list[int] = []
        self._thread = threading.Thread(target=self._run, name="clusop-arm", daemon=True)

    def start(self) -> None:
        """Start. A thread that cannot start, late in an interpreter's life, is no error."""
        with self._guard.watch("arm-thread"):
            start_shielded(self._thread.start)

    @property
    def is_alive(self) -> bool:
        """Whether it is watching."""
        return self._thread.is_alive()

    def note(self, context: Any, *, again: bool = False) -> None:  # Any: as above
        """Somebody else armed this context already; ``again``: tried to, and it is worth another attempt after a while."""
        self._seen = weakref.ref(context)
        self._looks_to_retry = list(_RETRY_LOOKS) if again else []

    def stop(self) -> None:
        """End, soon."""
        self._stop.set()

    def _run(self) -> None:
        with self._guard.watch("arm-thread"):
            self._watch()
            if self._stop.is_set() and self._process.is_own:
                self._looks.on_stop()

    def _watch(self) -> None:
        wait_s, looks, stage, faults = _FIRST_S, 0, (False, False), 0
        while not self._stop.wait(wait_s) and self._process.is_own and faults < _MOST_FAULTS:
            look = self._guard.watch("arm-look")
            with look:
                if self._look():
                    return
            faults += look.error is not None
            context = active_context()
            now = (has_pyspark(), has_gateway() and context is None)
            looks = looks + 1 if now == stage else 0
            wait_s = next_wait_s(wait_s if looks else 0.0, is_near=now[1], looks=looks)
            stage = now

    def _try(self, context: Any) -> None:  # Any: as above
        if not self._looks.on_context(context):
            self._looks_to_retry = []

    def _look(self) -> bool:
        context = active_context()
        if context is not None:
            if context is not self._seen():
                self._seen = weakref.ref(context)
                self._looks_to_retry = list(_RETRY_LOOKS)
                self._try(context)
            elif left := self._looks_to_retry:  # held here: note() may put others in its place
                left[0] -= 1
                if left[0] <= 0:
                    del left[0]
                    self._try(context)
            self._looks.on_look()
            return False
        dormant = why_dormant(os.environ)
        if dormant is None:
            return False
        self._looks.on_dormant(dormant)
        return True

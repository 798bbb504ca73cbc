"""The thread ``clusop-batcher``: runs the batcher's steps, ends quietly, and flushes once at Python's exit."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from clusop.runtime.jvm_errors import JvmCallError
from clusop.runtime.quiet_thread import start_shielded

if TYPE_CHECKING:
    from clusop.clock import Clock
    from clusop.runtime.batcher import Batcher
    from clusop.runtime.guard import Guard
    from clusop.runtime.process import OwnProcess

__all__ = ["BatcherThread"]

# After so many faults of its own in a row it ends; the dispatcher in the JVM sends instead.
_MOST_FAULTS = 10
_FAULT_WAIT_S = 5.0
_MOST_STEPS_AT_EXIT = 1000


class BatcherThread:
    """A daemon: it never keeps a process alive. What it cannot send in time the JVM sends, spools or counts."""

    def __init__(self, batcher: Batcher, process: OwnProcess, guard: Guard, clock: Clock) -> None:
        self.batcher = batcher
        self._process = process
        self._guard = guard
        self._clock = clock
        self._wake = threading.Event()
        self._ended = threading.Event()
        self._is_leaving = False
        self._deadline_ms: float | None = None
        self._thread = threading.Thread(target=self._run, name="clusop-batcher", daemon=True)

    def start(self) -> None:
        """Start. A thread that cannot start, late in an interpreter's life, is no error."""
        with self._guard.watch("batcher-start"):
            start_shielded(self._thread.start)

    @property
    def is_alive(self) -> bool:
        """Whether it runs."""
        return self._process.is_own and self._thread.is_alive()

    def stop(self) -> None:
        """Hand back the lease and end, soon; nobody waits for it."""
        self._is_leaving = True
        self._wake.set()

    def finish(self, within_s: float) -> bool:
        """Flush and end; whether it ended within the time. Nothing waits where the last send failed."""
        if not self.is_alive:
            return True
        if not self.batcher.may_flush:
            self.stop()
            return False
        # The work is done by the thread: a call that hangs then costs the deadline and not the process.
        self._deadline_ms = self._clock.monotonic_ms() + within_s * 1000
        self.stop()
        return self._ended.wait(within_s)

    def _run(self) -> None:
        with self._guard.watch("batcher"):
            self._work()
        self._ended.set()

    def _work(self) -> None:
        faults = 0
        while self._process.is_own and not self._is_leaving and faults < _MOST_FAULTS:
            wait_s = _FAULT_WAIT_S
            try:
                step = self._guard.watch("batcher-step", lets=(JvmCallError,))
                with step:
                    wait_s = self.batcher.step()
                faults = 0 if step.error is None else faults + 1
            except JvmCallError as error:
                self.batcher.trouble = error.reason
                if error.is_final:
                    return
                faults += 1
            self._wake.wait(wait_s)
        if self._process.is_own:
            self._say_goodbye()

    def _say_goodbye(self) -> None:
        try:
            if self._deadline_ms is not None:
                self._flush(self._deadline_ms)
            self.batcher.leave("holder-left")
        except JvmCallError as error:
            self.batcher.trouble = error.reason

    def _flush(self, deadline_ms: float) -> None:
        self.batcher.flush()
        # A wait means: nothing more is there, or it does not go out now.
        for _ in range(_MOST_STEPS_AT_EXIT):
            if self._clock.monotonic_ms() >= deadline_ms or self.batcher.step() > 0:
                return

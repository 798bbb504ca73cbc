"""Loading modules on threads of ours, in a program that may fork at any moment.

A child inherits the lock of whatever module another thread was loading, and nobody to release it: its own ``import`` of that
module waits for ever. So our threads load under one lock, which a fork takes first. It waits for one module, not for all of
them, and not for long: a disk that hangs must not hold up the program.
"""

from __future__ import annotations

import os
from _thread import allocate_lock, get_ident

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType

__all__ = ["Loading", "loading"]

_LONGEST_S = 1.0


class Loading:
    """A context manager around whatever may import. In a forked child it is as new."""

    def __init__(self) -> None:
        self._renew()
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(before=self._hold, after_in_parent=self._go_on, after_in_child=self._renew)

    def load(self, names: str) -> None:
        """Import the modules, one after the other, with room for a fork in between. Raises ``ImportError``."""
        for name in names.split():
            with self:
                __import__(name)

    @property
    def is_mine(self) -> bool:
        """Whether the calling thread is within."""
        return self._loader == get_ident()

    def __enter__(self) -> None:
        if not self.is_mine:
            with self._turn:  # whoever forks has the next
                pass
            self._lock.acquire()
            self._loader = get_ident()
        self._depth += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._depth -= 1
        if not self._depth:
            self._loader = 0
            self._is_slow = False
            self._lock.release()

    def _renew(self) -> None:
        self._turn, self._lock = allocate_lock(), allocate_lock()
        self._loader = self._depth = 0
        # A fork has waited for this module in vain: the next one does not.
        self._is_slow = False
        self._forks: set[int] = set()

    def _hold(self) -> None:
        wait_s = 0 if self._is_slow else _LONGEST_S
        if self.is_mine or not self._turn.acquire(timeout=wait_s):
            return
        is_held = False
        try:
            is_held = self._lock.acquire(timeout=wait_s)
        finally:
            if is_held:
                self._forks.add(get_ident())
            else:
                self._is_slow = True
                self._turn.release()

    def _go_on(self) -> None:
        if get_ident() in self._forks:
            self._forks.remove(get_ident())
            self._lock.release()
            self._turn.release()


# Kept where the module is loaded anew: two would not wait for each other.
_LOADING: Loading = globals().get("_LOADING") or Loading()


def loading() -> Loading:
    """The one of this process."""
    return _LOADING

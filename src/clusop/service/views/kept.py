"""Answers that take the database long, kept while nothing changed, or for a few seconds where they take long.

Nothing is kept that cannot be recomputed: a replica that starts with none gives the same answers.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar, cast

from clusop.service.store.changes import change_count

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from sqlalchemy import Connection

    from clusop.clock import Clock

__all__ = ["Kept"]

T = TypeVar("T")

_QUICK_MS = 40.0
_TIMES_ITS_COST = 30
_LONGEST_MS = 30_000.0
_MOST = 64


@dataclass(frozen=True, slots=True)
class _Answer:
    value: object
    version: int
    at_ms: float
    cost_ms: float


class Kept:
    """The answers of one process. One that took less than 40 ms is never older than the data; one that took longer may be
    thirty times as old as it took, half a minute at most.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._answers: dict[Hashable, _Answer] = {}
        self._lock = threading.Lock()
        self._asking: dict[Hashable, threading.Lock] = {}

    def ask(self, connection: Connection, key: Hashable, compute: Callable[[], T]) -> T:
        """What ``compute`` gives, or gave when this was last asked by ``key``."""
        version = change_count(connection)
        with self._lock:
            known = self._answers.get(key)
            asking = self._asking.setdefault(key, threading.Lock())
        if known is not None and self._is_good(known, version):
            return cast("T", known.value)
        # Whoever has an older answer does not wait for the one who makes the new one.
        if not asking.acquire(blocking=known is None):
            return cast("T", known.value if known is not None else None)
        try:
            with self._lock:
                again = self._answers.get(key)
            if again is not None and again is not known and self._is_good(again, version):
                return cast("T", again.value)
            return self._asked(key, version, compute)
        finally:
            asking.release()

    def _asked(self, key: Hashable, version: int, compute: Callable[[], T]) -> T:
        began_ms = self._clock.monotonic_ms()
        value = compute()
        ended_ms = self._clock.monotonic_ms()
        with self._lock:
            while len(self._answers) >= _MOST:
                oldest: Any = min(self._answers, key=lambda one: self._answers[one].at_ms)  # Any: a key
                del self._answers[oldest]
                self._asking.pop(oldest, None)
            self._answers[key] = _Answer(value, version, ended_ms, ended_ms - began_ms)
        return value

    def _is_good(self, answer: _Answer, version: int) -> bool:
        if answer.version == version:
            return True
        age_ms = self._clock.monotonic_ms() - answer.at_ms
        return answer.cost_ms > _QUICK_MS and age_ms < min(answer.cost_ms * _TIMES_ITS_COST, _LONGEST_MS)

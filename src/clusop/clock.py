"""The only place that reads the time. Everything else is handed a :class:`Clock`."""

from __future__ import annotations

import time
from datetime import datetime, timezone
from typing import Protocol

__all__ = ["Clock", "SystemClock"]


class Clock(Protocol):
    """What may be asked of a clock."""

    def now_at(self) -> datetime:
        """The present as an aware UTC time."""
        ...

    def monotonic_ms(self) -> float:
        """Milliseconds from an arbitrary origin that never runs backwards."""
        ...


class SystemClock:
    """The machine's clock."""

    def now_at(self) -> datetime:
        """The present as an aware UTC time."""
        return datetime.now(tz=timezone.utc)

    def monotonic_ms(self) -> float:
        """Milliseconds of the monotonic clock."""
        return time.monotonic() * 1000

"""UTC days as the tables count them: whole days since 1970."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

__all__ = ["MS_PER_DAY", "Window", "date_of", "day_of", "window"]

MS_PER_DAY = 86_400_000
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


@dataclass(frozen=True, slots=True)
class Window:
    """The days from ``from_day`` to ``to_day``, both included."""

    from_day: int
    to_day: int

    @property
    def days(self) -> int:
        """How many days it has."""
        return self.to_day - self.from_day + 1

    @property
    def from_at_ms(self) -> int:
        """Its beginning, UTC ms since 1970."""
        return self.from_day * MS_PER_DAY


def day_of(at_ms: int) -> int:
    """The day a time lies in."""
    return at_ms // MS_PER_DAY


def date_of(day: int) -> str:
    """``2026-11-29``."""
    return (_EPOCH + timedelta(days=day)).strftime("%Y-%m-%d")


def window(now_ms: int, days: int) -> Window:
    """The last ``days`` days, today among them."""
    today = day_of(now_ms)
    return Window(today - days + 1, today)

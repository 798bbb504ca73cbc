"""Hours and days in which nobody is told anything, in the time zone of whoever is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

__all__ = ["DAYS", "QuietHours", "day_start_at_ms", "local_time", "minute_of"]

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""Days of the week, as settings write them."""
_MINUTES_PER_HOUR = 60
_S_MS = 1_000


@dataclass(frozen=True, slots=True)
class QuietHours:
    """Quiet from minute ``from_minute`` of a day until ``to_minute``, over midnight where that is smaller, never where both are
    the same; and all day long on ``days``, numbers of :data:`DAYS`.
    """

    from_minute: int = 0
    to_minute: int = 0
    days: frozenset[int] = frozenset()

    def covers(self, local: datetime) -> bool:
        """Whether it is quiet at a local time. Where a clock is set back, both of its equal hours are alike."""
        return local.weekday() in self.days or self._is_quiet_hour(minute_of(local))

    def first_free_minute(self, minute: int) -> int:
        """The first minute of a day from ``minute`` on, over midnight, that the hours leave: they always leave one. What ``days``
        take is not looked at.
        """
        return self.to_minute if self._is_quiet_hour(minute) else minute

    def _is_quiet_hour(self, minute: int) -> bool:
        if self.from_minute <= self.to_minute:
            return self.from_minute <= minute < self.to_minute
        return minute >= self.from_minute or minute < self.to_minute


def minute_of(local: datetime) -> int:
    """The minute of the day."""
    return local.hour * _MINUTES_PER_HOUR + local.minute


def local_time(now_ms: int, zone: ZoneInfo) -> datetime:
    """The wall clock there."""
    return (datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(milliseconds=now_ms)).astimezone(zone)


def day_start_at_ms(now_ms: int, zone: ZoneInfo) -> int:
    """When the day there began, UTC ms since 1970; the days of a change of clocks have 23 or 25 hours."""
    midnight = local_time(now_ms, zone).replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    return int(midnight.timestamp()) * _S_MS

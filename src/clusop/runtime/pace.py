"""How long the batcher waits: at once while there is work, longer while idle, longer still while the endpoint fails."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Pace"]

_MOST_IDLE_FACTOR = 12
_LONGEST_FAILURE_WAIT_S = 60.0
# The agent takes a holder that is silent for 75 s for gone, and its dispatcher steps in.
_LONGEST_IDLE_S = 60.0
_MOST_DOUBLINGS = 16


class Pace:
    """Waits between polls, from the base interval. ``chance`` (0 to 1) keeps a fleet from knocking all at once."""

    def __init__(self, interval_s: float, chance: Callable[[], float]) -> None:
        self._interval_s = interval_s
        self._chance = chance
        self._idle = 0
        self._failures = 0

    @property
    def is_failing(self) -> bool:
        """Whether the last attempt to send failed."""
        return self._failures > 0

    @property
    def failure_count(self) -> int:
        """How many failed in a row."""
        return self._failures

    def worked(self) -> float:
        """After a batch went: ask again at once, which also acknowledges it."""
        self._idle = self._failures = 0
        return 0.0

    def idle(self) -> float:
        """After nothing was there: the interval, doubling up to twelve times it, or a minute."""
        factor = min(2**self._idle, _MOST_IDLE_FACTOR)
        self._idle = min(self._idle + 1, _MOST_DOUBLINGS)
        return float(min(self._interval_s * factor, max(_LONGEST_IDLE_S, self._interval_s)))

    def failed(self, at_least_s: float) -> float:
        """After a failure: doubling up to a minute, half of it by chance, and not before the receiver wants us."""
        doubled_s = min(self._interval_s * 2**self._failures, max(_LONGEST_FAILURE_WAIT_S, self._interval_s))
        self._failures = min(self._failures + 1, _MOST_DOUBLINGS)
        return float(max(at_least_s, doubled_s * (0.5 + self._chance() / 2)))

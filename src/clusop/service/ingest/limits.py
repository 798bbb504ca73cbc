"""What ingest is held to: how far back records may lie and how ragged an agent's sequences may be."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["HORIZON_FACT", "MS_PER_DAY", "Limits"]

MS_PER_DAY = 86_400_000
HORIZON_FACT = "retention-horizon-at-ms"
"""The latest horizon that retention went by. Taking records from before it could count one twice."""


@dataclass(frozen=True, slots=True)
class Limits:
    """``most_bytes`` bounds a file; requests have limits of their own.

    A record that tells of a time more than ``ahead_days`` ahead of our clock is refused: nothing would ever be newer than it.
    ``most_gaps`` bounds the intervals of one agent: beyond it a record that would open another is refused.
    """

    retain_days: int = 90
    ahead_days: int = 1
    most_gaps: int = 2000
    most_bytes: int = 8_000_000

    def horizon_at_ms(self, now_ms: int) -> int:
        """Records from before it are too old."""
        return now_ms - self.retain_days * MS_PER_DAY

    def latest_at_ms(self, now_ms: int) -> int:
        """Records of later times come from a clock that is wrong."""
        return now_ms + self.ahead_days * MS_PER_DAY

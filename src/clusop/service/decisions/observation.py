"""How much of a window was seen: what an agent could not see, what it may have taken with it, and what only the bill knows."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from clusop.units import MS_PER_HOUR

if TYPE_CHECKING:
    from collections.abc import Iterable

    from clusop.service.decisions.agent_use import AgentUse, HourUse

__all__ = ["Observation", "Span", "good_ratio", "unseen_of"]

_SILENT_MS = MS_PER_HOUR
"""An agent that has said nothing for so long and no goodbye either has ended without one."""
_UNTOLD_MS = 10 * 60_000
"""What such an agent took with it at most: a running hour is told every ten minutes."""


@dataclass(frozen=True, slots=True)
class Span:
    """The window, and the present."""

    from_at_ms: int
    to_at_ms: int


@dataclass(frozen=True, slots=True)
class Observation:
    """Cluster-hours by whether they were seen, and two ratios that hold the observation down.

    ``good_ratio`` is the part of task time that ended well; ``bill_ratio`` the part of the billed DBUs that fell into hours
    somebody saw, ``None`` where no bill is known.
    """

    seen_hours: Fraction
    before_armed_hours: Fraction = Fraction(0)
    without_goodbye_hours: Fraction = Fraction(0)
    not_weighed_hours: Fraction = Fraction(0)
    good_ratio: Fraction = Fraction(1)
    bill_ratio: Fraction | None = None

    @property
    def ratio(self) -> Fraction:
        """The observed share of the window, by the least of its witnesses."""
        unseen = self.before_armed_hours + self.without_goodbye_hours + self.not_weighed_hours
        everything = self.seen_hours + unseen
        own = self.seen_hours / everything if everything else Fraction(0)
        return min(own, self.good_ratio, Fraction(1) if self.bill_ratio is None else self.bill_ratio)


def unseen_of(agent: AgentUse, span: Span) -> tuple[Fraction, Fraction]:
    """Cluster-hours before an agent began to see, and those that one without goodbye may have taken with it."""
    before = Fraction(0)
    if agent.started_at_ms is not None and agent.armed_since_at_ms is not None:
        since = max(agent.started_at_ms, span.from_at_ms)
        before = Fraction(max(0, min(agent.armed_since_at_ms, span.to_at_ms) - since), MS_PER_HOUR)
    is_silent = not agent.is_final and span.to_at_ms - agent.last_arrived_at_ms > _SILENT_MS
    return before, Fraction(_UNTOLD_MS, MS_PER_HOUR) if is_silent else Fraction(0)


def good_ratio(hours: Iterable[HourUse]) -> Fraction:
    """The part of task time (that of failed tasks left out) whose executions ended well: what failed proves nothing."""
    good = ran = 0
    for hour in hours:
        good += hour.good_ms
        ran += max(0, hour.busy_ms - hour.lost_ms)
    return Fraction(good, ran) if ran else Fraction(1)

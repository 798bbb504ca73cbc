"""The gate's policy: what is worth a message, how often, and when not."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from clusop.service.suppression.quiet_hours import QuietHours

if TYPE_CHECKING:
    from clusop.service.problems.exclusions import Exclusion

__all__ = ["Policy", "UnpricedGate"]


@dataclass(frozen=True, slots=True)
class UnpricedGate:
    """What stands in for dollars where there are none (serverless, an engine without a premium, an unknown node type).

    ``min_core_hours`` is of the low end in 30 days, ``min_time_share`` of the task time of the runs that were seen.
    Without ``cards`` such problems stand in the digest only.
    """

    min_core_hours: Fraction = Fraction(10)
    min_time_share: Fraction = Fraction(1, 5)
    cards: bool = True


@dataclass(frozen=True, slots=True)
class Policy:
    """See ``policy_section`` for the settings. ``min_usd`` is of the low end in 30 days, cash and capacity together.

    ``public_url`` is where people reach this service; without it cards have no links. ``exclusions`` are those of the
    settings; what people excluded is read from the database.
    """

    min_usd: Fraction = Fraction(10)
    min_recommendation: Fraction = Fraction(3, 5)
    min_days: int = 3
    min_runs: int = 3
    cooldown_days: int = 7
    team_cap: int = 5
    channel_cap: int = 20
    time_zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    quiet_hours: QuietHours = field(default_factory=QuietHours)
    digest_minute: int = 9 * 60
    digest_length: int = 10
    unpriced: UnpricedGate = field(default_factory=UnpricedGate)
    public_url: str = ""
    exclusions: tuple[Exclusion, ...] = ()

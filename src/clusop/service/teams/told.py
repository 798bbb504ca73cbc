"""What a message tells, as facts: no layout in them and no address but links. A card is a pure function of these."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from fractions import Fraction

    from clusop.analysis.figure import Figure
    from clusop.pricing.price import Unpriced
    from clusop.units import Range

__all__ = [
    "CardFacts",
    "DigestFacts",
    "DigestLine",
    "Leg",
    "Links",
    "Place",
    "Rate",
    "Saving",
    "Sighting",
    "UnsettledLine",
]


@dataclass(frozen=True, slots=True)
class Links:
    """Pages of this service. ``acknowledge`` and ``snooze`` ask before they change anything: scanners follow links."""

    problem: str
    acknowledge: str
    snooze: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where the problem is, and whose it is. Every text may be empty, and owner, team and tags may be anybody's."""

    workspace: str = ""
    workload: str = ""
    task_key: str = ""
    cluster: str = ""
    engine: str = ""
    dbr: str = ""
    team: str = ""
    owner: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sighting:
    """The signal that shows the problem best: operator, share of task time with its basis, and its own figure."""

    operator: str
    functions: tuple[str, ...]
    time_ratio: Fraction | None
    time_basis: str
    is_upper_bound: bool
    time_reason: str
    runs: int
    call_site: str
    figure: Figure | Unpriced


@dataclass(frozen=True, slots=True)
class Leg:
    """One leg of confidence: ``parse``, ``diagnosis``, ``cost`` or ``recommendation``; ``reasons`` are ids."""

    name: str
    score: float
    level: str
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rate:
    """How often the problem was seen in the window. ``is_known`` is false while too little was seen to go by."""

    runs: int
    unpriced_runs: int
    days: int
    span_days: int
    is_known: bool
    runs_per_day: Range


@dataclass(frozen=True, slots=True)
class Saving:
    """What is avoidable. ``is_capacity``: it frees capacity of compute that stays up anyway, and saves no cash."""

    is_capacity: bool
    per_run_usd: Range
    per_30_days: Figure


@dataclass(frozen=True, slots=True)
class CardFacts:
    """One problem. ``savings`` is a reason where no run had a price; then ``core_hours`` is what can be told."""

    problem_id: int
    cause: str
    is_back: bool
    place: Place
    rate: Rate
    last_seen_at_ms: int
    savings: tuple[Saving, ...] | Unpriced
    exposures: tuple[Figure, ...] | Unpriced
    core_hours: Range | None
    time_share: Fraction | None
    sighting: Sighting | None = None
    legs: tuple[Leg, ...] = ()
    links: Links | None = None


@dataclass(frozen=True, slots=True)
class DigestLine:
    """A problem in a digest: its dollars per 30 days, or its core-hours where it has none."""

    problem_id: int
    cause: str
    place: Place
    savings: tuple[Saving, ...]
    core_hours: Range | None
    link: str = ""


@dataclass(frozen=True, slots=True)
class UnsettledLine:
    """A message of which nobody knows whether it arrived (``unconfirmed``), or that was given up (``dead``)."""

    delivery_id: int
    state: str
    kind: str
    created_at_ms: int
    sentence: str
    problem_id: int | None
    link: str = ""


@dataclass(frozen=True, slots=True)
class DigestFacts:
    """What a team was not told in cards. ``more_*`` count what is left out of the lines."""

    team: str
    date: str
    priced: tuple[DigestLine, ...] = ()
    more_priced: int = 0
    unpriced: tuple[DigestLine, ...] = ()
    more_unpriced: int = 0
    unsettled: tuple[UnsettledLine, ...] = ()
    more_unsettled: int = 0
    link: str = ""

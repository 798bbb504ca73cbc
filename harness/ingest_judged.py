"""What is judged of ingest: counts that are alike on every machine, and ratios to the bare program of the same run."""

from __future__ import annotations

import math
import statistics
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from claims import Claim

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ingest_counts import Bare, Counts

__all__ = ["Round", "Told", "counts_judged", "ratios_judged", "summary_of"]

# Measured: for a batch alone 13.75 statements and 1 commit, whatever is stored; 0.32 and 0.02 where all wait.
_MOST_STATEMENTS = 16
_MOST_COMMITS_TOGETHER = 0.05
_MOST_STATEMENTS_TOGETHER = 0.5
# To the bare program, which keeps no problem, no day and no evidence.
_MOST_BYTES_RATIO = 1.3
_MOST_CPU_RATIO = 4.0
_MOST_MIB_GROWN = 32.0


@dataclass
class Told:
    """What senders saw."""

    latencies_ms: list[float] = field(default_factory=list)
    accepted: int = 0
    busy: int = 0
    from_at_s: float = math.inf
    to_at_s: float = 0.0

    def add(self, other: Told) -> None:
        """What another saw too."""
        self.latencies_ms += other.latencies_ms
        self.accepted += other.accepted
        self.busy += other.busy
        self.from_at_s = min(self.from_at_s, other.from_at_s)
        self.to_at_s = max(self.to_at_s, other.to_at_s)


@dataclass(frozen=True, slots=True)
class Round:
    """One round of sending to the service. Processor time is that of the service and of its children, which decode."""

    told: Told
    sent: int
    own_cpu_s: float
    children_cpu_s: float
    resident_mib: float

    @property
    def per_s(self) -> float:
        """Signals a second, by the clock."""
        return self.told.accepted / (self.told.to_at_s - self.told.from_at_s)

    @property
    def cpu_us(self) -> float:
        """Processor time of a signal, µs."""
        return (self.own_cpu_s + self.children_cpu_s) / self.sent * 1e6

    def quantile_ms(self, share: float) -> float:
        """How long a batch waited for its receipt."""
        ordered = sorted(self.told.latencies_ms)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))]

    def __str__(self) -> str:
        return (
            f"{self.told.accepted} signals: {self.per_s:.0f}/s; p50 {self.quantile_ms(0.5):.0f} ms, "
            f"p99 {self.quantile_ms(0.99):.0f} ms, {self.told.busy} times told to come back; "
            f"{self.own_cpu_s / self.sent * 1e6:.0f} µs CPU a signal and {self.children_cpu_s / self.sent * 1e6:.0f} "
            f"to decode it, {self.resident_mib:.0f} MiB"
        )


def counts_judged(alone: Counts, together: Counts, after: Counts, bare: Bare) -> list[Claim]:
    """Of batches that come one by one, of many that wait together, and of some that come one by one after those."""
    everything = (alone, together, after)
    return [
        Claim.at_most("statements a batch, one by one", alone.statements_per_batch, _MOST_STATEMENTS),
        Claim.at_most(
            "the same with the others stored, to before", after.statements_per_batch / alone.statements_per_batch, 1.0
        ),
        Claim.at_most("statements a batch, together", together.statements_per_batch, _MOST_STATEMENTS_TOGETHER),
        Claim.at_most("commits a batch, one by one", alone.commits_per_batch, 1.0),
        Claim.at_most("commits a batch, together", together.commits_per_batch, _MOST_COMMITS_TOGETHER),
        Claim.at_most(
            "bytes written ahead a signal, to the bare program's",
            together.bytes_per_signal / bare.bytes_per_signal,
            _MOST_BYTES_RATIO,
        ),
        Claim.equal(
            "signals stored of those handed to the writer",
            sum(one.stored for one in everything),
            sum(one.signals for one in everything),
        ),
        Claim.equal(
            "signals acknowledged by the writer",
            sum(one.accepted for one in everything),
            sum(one.signals for one in everything),
        ),
    ]


def ratios_judged(
    rounds: Sequence[Round], bares: Sequence[Bare], stored: int, *, has_more: bool = False
) -> list[Claim]:
    """Of the service, beside the bare program before and after it. ``has_more``: the last round was one of many more signals."""
    sent = sum(one.sent for one in rounds)
    cpu_us = statistics.median(one.cpu_us for one in rounds)
    claims = [
        Claim.equal("signals acknowledged of those sent", sum(one.told.accepted for one in rounds), sent),
        Claim.equal("signals stored of those sent", stored, sent),
        Claim.at_most(
            "CPU a signal, to the bare program's",
            cpu_us / statistics.median(one.cpu_us for one in bares),
            _MOST_CPU_RATIO,
        ),
    ]
    if has_more:
        grown_mib = rounds[-1].resident_mib - rounds[-2].resident_mib
        claims.append(Claim.at_most("MiB grown while many more came", grown_mib, _MOST_MIB_GROWN))
    return claims


def summary_of(rounds: Sequence[Round], bares: Sequence[Bare]) -> str:
    """Medians, by the clock: reported and not judged."""
    per_s = statistics.median(one.per_s for one in rounds)
    bare_per_s = statistics.median(one.per_s for one in bares)
    quantiles = (f"{statistics.median(one.quantile_ms(share) for one in rounds):.0f} ms" for share in (0.5, 0.99))
    return (
        f"medians of {len(rounds)} rounds: {per_s:.0f} signals/s, {per_s / bare_per_s:.2f} of the bare program; a batch p50 "
        f"{' and p99 '.join(quantiles)} (DESIGN asks for 10,000/s and 250 ms on a quiet machine of two cores)"
    )

"""What a problem comes to in 30 days at the observed rate, with the formula and inputs that say so.

**The window** is the last 30 UTC days, today among them. What is known of it are sums by day (``problem_days``).

**The rate.** With ``runs`` the priced runs in the window, ``days`` the distinct days they were seen on, and ``span`` the days
from the first of these until today, both counted (30 where the problem is older than the window)::

    usd_per_run   = Σ avoidable ÷ runs                      (low end … high end)
    runs_per_day  = runs ÷ span                             once days ≥ min_days and runs ≥ min_runs, or span = 30
                  = runs ÷ 30 … runs ÷ span                 before that
    per 30 days   = usd_per_run × runs_per_day × 30         formula per-30-days-1 of docs/formulas.md

So as long as too little was seen to know how often a problem comes, its low end, on which the gate decides, is what was seen
and no more: one dear run passes on its own, a cheap one is not multiplied by 30. Cash and capacity are figures of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, ClassVar

from clusop.analysis.economics import recompute
from clusop.analysis.economics.exact_text import range_text
from clusop.analysis.figure import Figure, ModeledFigure
from clusop.service.teams.told import Rate, Saving
from clusop.units import Range

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = [
    "MS_PER_DAY",
    "WINDOW_DAYS",
    "DerivedFigure",
    "Estimate",
    "Monthly",
    "WindowSums",
    "estimate",
    "monthly",
]

WINDOW_DAYS = 30
MS_PER_DAY = 86_400_000
_MICRO = 1_000_000
_MS_PER_HOUR = 3_600_000
_FORMULA = "per-30-days-1"


@dataclass(frozen=True, slots=True)
class DerivedFigure(Figure):
    """Billed DBUs with an assumed premium."""

    basis: ClassVar[str] = "derived"


@dataclass(frozen=True, slots=True)
class WindowSums:
    """Sums over the days of the window. ``derived_days`` are those on which the bill tells an hour or more; the modeled exposure
    that its dollars replace stands in ``derived_modeled_*`` so that it can be left out.
    """

    first_day: int
    days: int
    runs: int
    run_ms: int
    island_ms: int
    island_unknown_runs: int
    avoidable_unpriced_runs: int
    exposure_unpriced_runs: int
    cash_microusd: tuple[int, int]
    capacity_microusd: tuple[int, int]
    exposure_microusd: tuple[int, int]
    derived_days: int = 0
    derived_microusd: tuple[int, int] = (0, 0)
    derived_modeled_microusd: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class Monthly:
    """A problem in 30 days. ``savings`` is empty where no run had a price; ``core_hours`` and ``time_share`` are ``None`` where
    no run told its time off the engine.
    """

    rate: Rate
    savings: tuple[Saving, ...]
    exposures: tuple[Figure, ...]
    core_hours: Range | None
    time_share: Fraction | None

    @property
    def is_priced(self) -> bool:
        """Whether any run had a price."""
        return bool(self.savings)

    @property
    def avoidable_usd(self) -> Range:
        """Cash and capacity together. People are shown them apart."""
        return sum((saving.per_30_days.usd for saving in self.savings), Range.of(0))


@dataclass(frozen=True, slots=True)
class Estimate:
    """What the gate and the order go by: the same as :class:`Monthly`, without figures, for thousands of problems a minute.

    ``low_usd`` is of cash and capacity together. ``middle`` is micro-dollars, or milliseconds of core time where no run had a
    price. ``low_core_hours`` and ``time_share`` are ``None`` where no run told its time off the engine.
    """

    is_priced: bool
    low_usd: Fraction
    middle: int
    low_core_hours: Fraction | None
    time_share: Fraction | None


def estimate(sums: WindowSums, first_seen_at_ms: int, now_ms: int, *, min_days: int, min_runs: int) -> Estimate:
    """The low end and the middle of 30 days."""
    span, is_known = _span(sums, first_seen_at_ms, now_ms, min_days, min_runs)
    # usd_per_run × runs ÷ 30 × 30: what was seen, as long as the rate is not known.
    low_scale = Fraction(WINDOW_DAYS, span) if is_known else Fraction(1)
    is_priced = sums.runs > sums.avoidable_unpriced_runs
    low_microusd = min(sums.cash_microusd) + min(sums.capacity_microusd) if is_priced else 0
    high_microusd = sums.cash_microusd[1] + sums.capacity_microusd[1] if is_priced else 0
    is_timed = sums.runs > sums.island_unknown_runs
    ends = (low_microusd, high_microusd) if is_priced else (sums.island_ms, sums.island_ms) if is_timed else (0, 0)
    return Estimate(
        is_priced,
        low_microusd * low_scale / _MICRO,
        (int(ends[0] * low_scale) + ends[1] * WINDOW_DAYS // span) // 2,
        sums.island_ms * low_scale / _MS_PER_HOUR if is_timed else None,
        _time_share(sums) if is_timed else None,
    )


def monthly(sums: WindowSums, first_seen_at_ms: int, now_ms: int, *, min_days: int, min_runs: int) -> Monthly:
    """30 days of a problem."""
    span, is_known = _span(sums, first_seen_at_ms, now_ms, min_days, min_runs)

    def per_day(runs: int) -> Range:
        high = Fraction(runs, span)
        return Range(high if is_known else Fraction(runs, WINDOW_DAYS), high)

    priced = sums.runs - sums.avoidable_unpriced_runs
    timed = sums.runs - sums.island_unknown_runs
    core_hours = (
        Range.of(Fraction(sums.island_ms, _MS_PER_HOUR * timed)) * per_day(timed) * WINDOW_DAYS if timed > 0 else None
    )
    return Monthly(
        Rate(sums.runs, max(sums.avoidable_unpriced_runs, 0), sums.days, span, is_known, per_day(sums.runs)),
        _savings(sums, priced, per_day(priced)) if priced > 0 else (),
        _exposures(sums, per_day),
        core_hours,
        _time_share(sums) if timed > 0 else None,
    )


def _span(sums: WindowSums, first_seen_at_ms: int, now_ms: int, min_days: int, min_runs: int) -> tuple[int, bool]:
    """The days the rate is over, and whether it is believed."""
    today = now_ms // MS_PER_DAY
    window_start = today - WINDOW_DAYS + 1
    is_older = first_seen_at_ms // MS_PER_DAY < window_start
    span = WINDOW_DAYS if is_older else max(today - max(sums.first_day, window_start) + 1, 1)
    return span, span >= WINDOW_DAYS or (sums.days >= min_days and sums.runs >= min_runs)


def _time_share(sums: WindowSums) -> Fraction | None:
    return Fraction(min(sums.island_ms, sums.run_ms), sums.run_ms) if sums.run_ms else None


def _savings(sums: WindowSums, runs: int, runs_per_day: Range) -> tuple[Saving, ...]:
    found = []
    for is_capacity, microusd in ((False, sums.cash_microusd), (True, sums.capacity_microusd)):
        if microusd[1] or not (is_capacity or sums.capacity_microusd[1]):
            per_run = _per_run(microusd, runs)
            found.append(Saving(is_capacity, per_run, _figure(per_run, runs_per_day, ModeledFigure)))
    return tuple(found)


def _exposures(sums: WindowSums, per_day: Callable[[int], Range]) -> tuple[Figure, ...]:
    """One figure a basis: what the bill tells of some hours is never mixed with what is modeled of others."""
    runs = sums.runs - sums.exposure_unpriced_runs
    if runs <= 0:
        return ()
    modeled = tuple(
        max(whole - part, 0) for whole, part in zip(sums.exposure_microusd, sums.derived_modeled_microusd, strict=True)
    )
    found: list[Figure] = []
    if sums.derived_days:
        found.append(_figure(_per_run(sums.derived_microusd, runs), per_day(runs), DerivedFigure))
    if modeled[1] or not sums.derived_days:
        found.append(_figure(_per_run((modeled[0], modeled[1]), runs), per_day(runs), ModeledFigure))
    return tuple(found)


def _per_run(microusd: tuple[int, int], runs: int) -> Range:
    low, high = microusd
    return Range(Fraction(min(low, high), _MICRO * runs), Fraction(high, _MICRO * runs))


def _figure(usd_per_run: Range, runs_per_day: Range, basis: type[Figure]) -> Figure:
    inputs: Mapping[str, str] = {
        "usd_per_run": range_text(usd_per_run),
        "runs_per_day": range_text(runs_per_day),
        "days": str(WINDOW_DAYS),
    }
    return basis(recompute({"formula": _FORMULA, "inputs": inputs}), _FORMULA, inputs)

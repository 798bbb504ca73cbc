"""The same job with and without the engine: how much longer it took, and how sure that is.

What runs read is not in the records, so the ratio is told and never decides alone (:data:`COMPARED_WITHOUT_INPUTS`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from statistics import fmean, stdev
from typing import TYPE_CHECKING

from clusop.analysis.economics import History
from clusop.analysis.economics.runs_needed import MEDIAN_NOISE, NOISY_NOISE
from clusop.units import Range

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["COMPARED_WITHOUT_INPUTS", "OnAndOff", "on_and_off"]

COMPARED_WITHOUT_INPUTS = "inputs-not-compared"
_Z_CONFIDENCE = 1.959964  # two-sided 95 %
_ENOUGH_RUNS = 5
"""From so many runs on their own scatter is trusted; with fewer, two runs that happen to agree would pass for certainty."""
_STEPS = 10_000


@dataclass(frozen=True, slots=True)
class OnAndOff:
    """Busy cluster-hours a run with (``on_hours``) and without the engine, means over whole runs. ``slowdown`` is R = off ÷ on
    with its 95 % interval; ``noise`` the greater coefficient of variation, ``None`` where neither side has runs enough.
    """

    on_runs: int
    off_runs: int
    on_hours: Fraction
    off_hours: Fraction
    slowdown: Range
    noise: Fraction | None

    @property
    def history(self) -> History:
        """As the economics want it."""
        return History(self.slowdown, self.noise)


def on_and_off(on: Sequence[Fraction], off: Sequence[Fraction]) -> OnAndOff | None:
    """Compare busy cluster-hours of runs; ``None`` where one side has none.

    ln R = ln(mean off) − ln(mean on) has the variance c²/n of each side, c being its coefficient of variation: its own from five
    runs on, else the noisiest tenth's.
    """
    on, off = [one for one in on if one > 0], [one for one in off if one > 0]
    if not on or not off:
        return None
    on_mean, off_mean = sum(on, Fraction(0)) / len(on), sum(off, Fraction(0)) / len(off)
    own = [scatter for scatter in (_scatter(on), _scatter(off)) if scatter is not None]
    spread = math.sqrt(_variance(on) + _variance(off)) * _Z_CONFIDENCE
    ratio = off_mean / on_mean
    return OnAndOff(
        on_runs=len(on),
        off_runs=len(off),
        on_hours=on_mean,
        off_hours=off_mean,
        slowdown=Range(ratio * _decimal(math.exp(-spread)), ratio * _decimal(math.exp(spread))),
        noise=_decimal(max(own)) if own else None,
    )


def _variance(hours: Sequence[Fraction]) -> float:
    scatter = _scatter(hours)
    noise = float(NOISY_NOISE) if scatter is None else max(scatter, float(MEDIAN_NOISE))
    return noise**2 / len(hours)


def _scatter(hours: Sequence[Fraction]) -> float | None:
    if len(hours) < _ENOUGH_RUNS:
        return None
    known = [float(one) for one in hours]
    return stdev(known) / fmean(known)


def _decimal(number: float) -> Fraction:
    return Fraction(round(number * _STEPS), _STEPS)

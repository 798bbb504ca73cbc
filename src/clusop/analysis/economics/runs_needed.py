"""How many runs would settle whether the engine pays: a two-sample size, from the noise between runs."""

from __future__ import annotations

import math
from fractions import Fraction

__all__ = ["MEDIAN_NOISE", "NOISY_NOISE", "runs_needed"]

MEDIAN_NOISE = Fraction(7, 100)
"""Coefficient of variation of a workload's run time from run to run: the median of workloads seen."""
NOISY_NOISE = Fraction(24, 100)
"""The same of the noisiest tenth."""
_Z_CONFIDENCE = 1.959964  # two-sided 95 %
_Z_POWER = 0.841621  # 80 %
_RESOLUTION = 0.10


def runs_needed(noise: Fraction = MEDIAN_NOISE) -> int:
    """Runs *each* with and without the engine that tell R = T_off/T_on from the break-even when it lies 10 % away.

    n = 2·(z₀.₉₇₅ + z₀.₈)²·c²/ln(1.1)² + z₀.₉₇₅²/4, rounded up, at least 2, with ``noise`` = c, the coefficient of variation
    between runs (for c well below 1 also the deviation of ln T). The last term is Guenther's correction for small samples.
    No money: floats are enough.
    """
    spread = float(noise) / math.log1p(_RESOLUTION)
    return max(2, math.ceil(2 * (_Z_CONFIDENCE + _Z_POWER) ** 2 * spread**2 + _Z_CONFIDENCE**2 / 4))

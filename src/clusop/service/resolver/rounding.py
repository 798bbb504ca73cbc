"""Whole parts of a whole: rounded so that they add up to it exactly (largest remainder)."""

from __future__ import annotations

from fractions import Fraction
from math import floor
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["whole_parts"]


def whole_parts(total: int, weights: Sequence[Fraction]) -> list[int]:
    """``total`` in parts proportional to ``weights`` (none negative, their sum 1). Of equal remainders the first part gets more.

    A negative total, which a late retraction can leave, is shared out alike.
    """
    if sum(weights, Fraction(0)) != 1 or any(weight < 0 for weight in weights):
        message = "weights are not the parts of a whole"
        raise ValueError(message)
    sign = -1 if total < 0 else 1
    shares = [abs(total) * weight for weight in weights]
    parts = [floor(share) for share in shares]
    left = abs(total) - sum(parts)
    by_remainder = sorted(range(len(parts)), key=lambda index: (parts[index] - shares[index], index))
    for index in by_remainder[:left]:
        parts[index] += 1
    return [sign * part for part in parts]

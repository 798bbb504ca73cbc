"""Units and the only conversions between them.

Times are integers or fractions of milliseconds (``_ms``) or nanoseconds (``_ns``); ratios run from 0 to 1; money is an
exact rational number of US dollars (``_usd``) and becomes an integer of micro-dollars (``_microusd``) once, at the wire.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

__all__ = [
    "MS_PER_HOUR",
    "NS_PER_MS",
    "Exact",
    "Range",
    "exact",
    "exact_sum",
    "ms_to_hours",
    "ns_to_ms",
    "usd_to_microusd",
]

NS_PER_MS = 1_000_000
MS_PER_HOUR = 3_600_000
_MICRO = 1_000_000

Exact: TypeAlias = int | Fraction


def exact(value: int | str | Decimal | Fraction) -> Fraction:
    """The exact rational value of a number written in decimal. A binary float is refused: it is not what was written."""
    if isinstance(value, float):
        message = f"{value!r} is a binary float; give money and rates as text, integer or Decimal"
        raise TypeError(message)
    return Fraction(value)


def ns_to_ms(duration_ns: Exact) -> Fraction:
    """Nanoseconds to milliseconds, exact."""
    return Fraction(duration_ns) / NS_PER_MS


def ms_to_hours(duration_ms: Exact) -> Fraction:
    """Milliseconds to hours, exact."""
    return Fraction(duration_ms) / MS_PER_HOUR


def exact_sum(parts: Iterable[Exact]) -> Fraction:
    """The sum of exact numbers; 0 of none. Fractions are slow to add, whole numbers are not: few parts have a denominator."""
    numerators: dict[int, int] = {}
    for part in parts:
        numerators[part.denominator] = numerators.get(part.denominator, 0) + part.numerator
    whole = Fraction(numerators.pop(1, 0))
    return sum((Fraction(*ratio) for ratio in zip(numerators.values(), numerators, strict=True)), whole)


def usd_to_microusd(amount_usd: Exact) -> int:
    """Dollars to whole micro-dollars, rounded half to even. Call it once, at the wire; sum before it, never after."""
    return round(Fraction(amount_usd) * _MICRO)


@dataclass(frozen=True, slots=True)
class Range:
    """What is known of a number: it lies between ``low`` and ``high``, both included. A known number has both equal."""

    low: Fraction
    high: Fraction

    def __post_init__(self) -> None:
        # Mostly one and the same object: fractions are slow to compare.
        if self.low is not self.high and self.low > self.high:
            message = f"a range's low end {self.low} lies above its high end {self.high}"
            raise ValueError(message)

    @classmethod
    def of(cls, low: int | str | Decimal | Fraction, high: int | str | Decimal | Fraction | None = None) -> Range:
        """The range from ``low`` to ``high``, or the single number ``low``."""
        first = exact(low)
        return cls(first, first if high is None else exact(high))

    @property
    def is_exact(self) -> bool:
        """Whether both ends are the same number."""
        return self.low is self.high or self.low == self.high

    def __add__(self, other: Range) -> Range:
        return Range(self.low + other.low, self.high + other.high)

    def __sub__(self, other: Range) -> Range:
        return Range(self.low - other.high, self.high - other.low)

    def __mul__(self, other: Range | Exact) -> Range:
        if isinstance(other, Range):
            ends = (self.low * other.low, self.low * other.high, self.high * other.low, self.high * other.high)
            return Range(min(ends), max(ends))
        ends2 = (self.low * other, self.high * other)
        return Range(min(ends2), max(ends2))

    __rmul__ = __mul__

    def clamped(self, floor: Exact, ceiling: Range | None = None) -> Range:
        """The range with no end below ``floor`` and, where given, no end above the same end of ``ceiling``."""
        low, high = max(self.low, Fraction(floor)), max(self.high, Fraction(floor))
        if ceiling is not None:
            low, high = min(low, ceiling.low), min(high, ceiling.high)
        return Range(min(low, high), high)

"""Figures as people read them in a message. An amount is never written without its basis."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING

from clusop.pricing.price import Unpriced

if TYPE_CHECKING:
    from clusop.analysis.figure import Figure
    from clusop.units import Range

__all__ = ["core_hours_text", "figure_text", "hours", "money", "number", "percent", "plural", "usd"]

# A detail that was not told leaves a blank before the full stop.
_HOLE = re.compile(r" +\.")
_CENT = Fraction(1, 100)
_WHOLE_FROM = 1_000
_TENTHS_BELOW = 100
_ALL = 100
_EN_DASH = "\N{EN DASH}"
_LONGEST_NUMBER = 130


def money(amount_usd: Range) -> str:
    """``$0.12``, ``$0.12–0.15``, ``< $0.01``, ``$0 to < $0.01``, ``< $0.01 to $0.03``. Alone it tells no basis: see
    :func:`figure_text`.
    """
    low, high = usd(amount_usd.low), usd(amount_usd.high)
    if low == high:
        return low
    if amount_usd.low == 0 and amount_usd.high >= _CENT:
        return f"$0{_EN_DASH}{_digits(amount_usd.high)}"
    return f"{low}{_EN_DASH}{_digits(amount_usd.high)}" if amount_usd.low >= _CENT else f"{low} to {high}"


def figure_text(figure: Figure | Unpriced) -> str:
    """``$0.12–0.15 (modeled)``; why there is none, else."""
    if isinstance(figure, Unpriced):
        return f"{'none' if figure.is_nothing else 'not priced'}: {_HOLE.sub('.', figure.reason.sentence)}"
    return f"{money(figure.usd)} ({figure.basis})"


def core_hours_text(core_hours: Range) -> str:
    """``12.4 core-hours``, ``3.1–12.4 core-hours``."""
    low, high = hours(core_hours.low), hours(core_hours.high)
    return f"{low} core-hours" if low == high else f"{low}{_EN_DASH}{high} core-hours"


def percent(ratio: Fraction, *, is_upper_bound: bool = False) -> str:
    """``41 %``, ``≤ 41 %``, ``< 1 %``, ``> 99 %``. Neither 0 nor 100 is reached by rounding."""
    whole = round(ratio * 100)
    if ratio > 0 and whole == 0:
        return "< 1 %"
    if ratio < 1 and whole == _ALL:
        return "≤ 100 %" if is_upper_bound else "> 99 %"
    return f"{'≤ ' if is_upper_bound else ''}{whole} %"


def number(text: str) -> str:
    """An exact input for reading: ``3/200`` as ``0.015``, ``2..2.9`` as ``2 to 2.9``, ``≈`` where digits were cut."""
    low, dots, high = text.partition("..")
    return f"{_short(low)} to {_short(high)}" if dots else _short(text)


def plural(many: int, singular: str) -> str:
    """``1 run``, ``1,200 runs``."""
    return f"{many:,} {singular}{'' if many == 1 else 's'}"


def usd(amount: Fraction) -> str:
    """``$0.12``, ``< $0.01``, ``$1,234``."""
    if amount == 0:
        return "$0"
    return "< $0.01" if amount < _CENT else f"${_digits(amount)}"


def _digits(amount: Fraction) -> str:
    return f"{round(amount):,}" if amount >= _WHOLE_FROM else f"{float(round(amount, 2)):,.2f}"


def hours(many: Fraction) -> str:
    """``0.25``, ``12.4``, ``1,200``."""
    if 0 < many < _CENT:
        return "< 0.01"
    if many < 1:
        return f"{float(many):.2f}".rstrip("0").rstrip(".")
    return f"{float(many):.1f}" if many < _TENTHS_BELOW else f"{round(many):,}"


def _short(text: str) -> str:
    try:
        exact_value = Fraction(text) if len(text) <= _LONGEST_NUMBER and "e" not in text.lower() else None
    except (ValueError, ZeroDivisionError):
        exact_value = None
    if exact_value is None:
        return text
    if exact_value.denominator == 1:
        return f"{exact_value.numerator:,}"
    short = f"{float(exact_value):.6g}"
    return short if Fraction(short) == exact_value else f"\N{ALMOST EQUAL TO} {short}"

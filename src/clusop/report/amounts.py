"""Numbers for people: money, shares, durations, counts. The only place where a report rounds."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from clusop.units import Exact, Range

__all__ = ["TIMES", "count", "duration", "fine_money", "money", "number", "plural", "share", "usd"]

TIMES = "\N{MULTIPLICATION SIGN}"
"""Stands before how often something occurs."""

_CENT = Fraction(1, 100)
_MICRO_USD = Fraction(1, 1_000_000)
_MICRO_PLACES = 6
_WHOLE_DOLLARS_FROM = 1_000
_MS_PER_S = 1_000
_TENTHS_BELOW_S = 100
_SECONDS_BELOW_S = 36_000
_S_PER_HOUR = 3_600
_ALL = 100
# Short enough that a hostile "1/9…9" or an exponent costs nothing.
_NUMBER = re.compile(r"-?\d{1,300}(?:\.\d{1,300}|/\d{0,299}[1-9]\d{0,299})?", re.ASCII)


def usd(amount_usd: Exact) -> str:
    """Dollars: ``$0``, ``< $0.01``, ``$0.12``, ``$1,234``; negative amounts carry a minus."""
    amount = Fraction(amount_usd)
    sign = "\N{MINUS SIGN}" if amount < 0 else ""
    size = abs(amount)
    if size == 0:
        return "$0"
    if size < _CENT:
        return f"> {sign}$0.01" if sign else "< $0.01"
    return f"{sign}${_digits(size)}"


def money(amount_usd: Range) -> str:
    """A range of dollars: ``$0.12``, ``$0.12–0.15``, ``< $0.01``, ``$0 to < $0.01``, ``< $0.01 to $0.03``."""
    low, high = usd(amount_usd.low), usd(amount_usd.high)
    if low == high:
        return low
    if amount_usd.low == 0 and amount_usd.high >= _CENT:
        return f"$0–{_digits(amount_usd.high)}"
    if amount_usd.low >= _CENT:
        return f"{low}–{_digits(amount_usd.high)}"
    return f"{low} to {high}"


def fine_money(amount_usd: Range) -> str:
    """A range of dollars for who checks it: ``$0.0038``, ``$0.0021–0.0056``, ``$0.121–0.122``, ``$0–0.0056``. Each end has at
    least two significant digits, and more where the ends would look alike; down to a micro-dollar, as far as the wire tells.
    """
    low, high = Fraction(amount_usd.low), Fraction(amount_usd.high)
    more = 0
    while True:
        first, last = (_fixed(end, min(_places(end) + more, _MICRO_PLACES)) for end in (low, high))
        if first != last or low == high or more == _MICRO_PLACES:
            break
        more += 1
    if first == last:
        return first
    return f"{first}–{last.removeprefix('$')}" if first.startswith("$") else f"{first} to {last}"


def _places(amount: Fraction) -> int:
    """How many decimals show two significant digits."""
    size, places = abs(amount), 2
    while size and size < Fraction(1, 10 ** (places - 1)) and places < _MICRO_PLACES:
        places += 1
    return places


def _fixed(amount: Fraction, places: int) -> str:
    if amount == 0:
        return "$0"
    sign = "\N{MINUS SIGN}" if amount < 0 else ""
    size = abs(amount)
    if size < _MICRO_USD:
        return f"> {sign}$0.000001" if sign else "< $0.000001"
    return f"{sign}${float(round(size, places)):,.{places}f}"


def share(ratio: Exact, *, is_upper_bound: bool = False) -> str:
    """A share of 1 in percent: ``41 %``, ``≤ 41 %``, ``< 1 %``, ``> 99 %``. Neither 0 nor 100 is reached by rounding."""
    exact_ratio = Fraction(ratio)
    percent = round(exact_ratio * 100)
    if exact_ratio > 0 and percent == 0:
        return "< 1 %"
    if exact_ratio < 1 and percent >= _ALL:
        return "≤ 100 %" if is_upper_bound else "> 99 %"
    return f"{'≤ ' if is_upper_bound else ''}{percent} %"


def duration(time_ms: Exact) -> str:
    """Milliseconds as ``12 ms``, ``3.2 s``, ``3,818 s``, ``12.4 h``."""
    ms = Fraction(time_ms)
    seconds = ms / _MS_PER_S
    if ms == 0:
        return "0 s"
    if seconds < 1:
        return f"{round(ms)} ms" if ms >= 1 else "< 1 ms"
    if seconds < _TENTHS_BELOW_S:
        return f"{float(seconds):.1f} s"
    if seconds < _SECONDS_BELOW_S:
        return f"{round(seconds):,} s"
    return f"{float(seconds / _S_PER_HOUR):,.1f} h"


def count(many: int) -> str:
    """A count with thousands apart."""
    return f"{many:,}"


def plural(many: int, singular: str, plural_form: str = "") -> str:
    """``1 operator``, ``1,200 operators``."""
    return f"{many:,} {singular if many == 1 else plural_form or singular + 's'}"


def number(text: str) -> str:
    """A figure's exact input for reading: ``"3/200"`` and ``"0.55"`` with at most six significant digits, ``≈`` where cut;
    ``"2..2.9"`` as ``2 to 2.9``. Text that is no number comes back as it is.
    """
    low, dots, high = text.partition("..")
    return f"{_short(low)} to {_short(high)}" if dots else _short(text)


def _short(text: str) -> str:
    if not _NUMBER.fullmatch(text):
        return text
    exact_value = Fraction(text)
    if exact_value.denominator == 1:
        return f"{exact_value.numerator:,}"
    short = f"{float(exact_value):.6g}"
    return short if Fraction(short) == exact_value else f"≈ {short}"


def _digits(amount: Fraction) -> str:
    return f"{round(amount):,}" if amount >= _WHOLE_DOLLARS_FROM else f"{float(round(amount, 2)):,.2f}"

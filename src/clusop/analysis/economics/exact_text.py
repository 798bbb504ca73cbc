"""Exact numbers as text and back: ``0.55``, ``2/3``, ``0.55..0.65``. A figure's inputs are written so."""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache

from clusop.errors import InputError
from clusop.units import Range

__all__ = ["number_text", "parse_range", "range_text"]

_MAX_DECIMAL_PLACES = 12
_POWERS = tuple(10**places for places in range(1, _MAX_DECIMAL_PLACES + 1))
_NUMBER = r"-?\d+(?:\.\d+|/\d*[1-9]\d*)?"
_MAX_LENGTH = 4000
"""Python refuses integers of more digits; a figure's own inputs stay far below."""
_HOW = "Write 0.55, 2/3, or the smaller and the greater end as 0.55..0.65."
_RANGE = re.compile(rf"({_NUMBER})(?:\.\.({_NUMBER}))?", re.ASCII)


def number_text(value: Fraction) -> str:
    """``value`` as a decimal where that is exact and short, else as a ratio of integers."""
    if value.denominator == 1:
        return str(value.numerator)
    numerator, denominator = value.numerator, value.denominator
    if _POWERS[-1] % denominator != 0:
        return f"{numerator}/{denominator}"
    places, power = next(entry for entry in enumerate(_POWERS, start=1) if entry[1] % denominator == 0)
    digits = str(abs(numerator) * (power // denominator)).rjust(places + 1, "0")
    return f"{'-' if numerator < 0 else ''}{digits[:-places]}.{digits[-places:]}"


def range_text(value: Range) -> str:
    """A range as ``low..high``, an exactly known number as itself."""
    return number_text(value.low) if value.is_exact else f"{number_text(value.low)}..{number_text(value.high)}"


def parse_range(where: str, text: str) -> Range:
    """What :func:`range_text` wrote. ``where`` names the input in the error.

    Raises :class:`InputError` where the text is no number and no range of two numbers in order.
    """
    if len(text) > _MAX_LENGTH:
        raise InputError(where, f"{len(text)} characters are too long for a number", _HOW)
    value = _parsed(text)
    if value is None:
        raise InputError(where, f"{text[:60]!r} is no exact number", _HOW)
    return value


@lru_cache(maxsize=1024)
def _parsed(text: str) -> Range | None:
    match = _RANGE.fullmatch(text)
    if match is None:
        return None
    low = Fraction(match[1])
    high = low if match[2] is None else Fraction(match[2])
    return Range(low, high) if low <= high else None

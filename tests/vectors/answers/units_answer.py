"""Arithmetic of exact numbers and ranges as canonical JSON: the answer Scala must give too, byte for byte.

The question is a list of numbers (``["3", "-1/7", …]``); every pair of neighbours is taken through every operation.
"""

from __future__ import annotations

import re
from fractions import Fraction
from itertools import pairwise

from observed_json import canonical_json

from clusop.analysis.economics.exact_text import number_text, parse_range, range_text
from clusop.plan.json_text import JsonTextError, decode_json
from clusop.units import Range, usd_to_microusd

__all__ = ["answer_of_numbers"]

_NUMBER = re.compile(r"-?[0-9]{1,400}(?:/[0-9]{1,400})?")


def answer_of_numbers(text: str) -> str:
    """All that can be done with the numbers of ``text``."""
    try:
        given = decode_json(text)
    except JsonTextError:
        given = None
    if not isinstance(given, list) or not all(isinstance(one, str) and _is_number(one) for one in given):
        return canonical_json({"refused": "no-numbers"})
    numbers = [Fraction(one) for one in given]
    return canonical_json(
        {
            "each": [_one(number) for number in numbers],
            "pairs": [_two(first, second) for first, second in pairwise(numbers)],
            "ranges": [
                _ranges(Range(min(first), max(first)), Range(min(second), max(second)))
                for first, second in pairwise(list(pairwise(numbers)))
            ],
        }
    )


def _is_number(text: str) -> bool:
    return _NUMBER.fullmatch(text) is not None and ("/" not in text or bool(text.partition("/")[2].strip("0")))


def _one(number: Fraction) -> list[object]:
    again = parse_range("it", number_text(number)) if len(number_text(number)) <= 4000 else Range.of(number)
    return [
        str(number),
        number_text(number),
        str(again.low),
        str(round(number)),
        str(usd_to_microusd(number)),
        str(int(number)),
        str(number // 1),
        _double_text(number),
    ]


def _double_text(number: Fraction) -> str:
    try:
        return str(Fraction(float(number)))
    except OverflowError:
        return "too large"


def _two(first: Fraction, second: Fraction) -> list[object]:
    return [
        str(first + second),
        str(first - second),
        str(first * second),
        str(first / second) if second else "undefined",
        str(min(first, second)),
        str(max(first, second)),
        first < second,
        first == second,
    ]


def _ranges(first: Range, second: Range) -> list[str]:
    results = (
        first + second,
        first - second,
        first * second,
        first * second.low,
        first.clamped(0),
        first.clamped(second.low, second),
    )
    return [range_text(result) for result in results]

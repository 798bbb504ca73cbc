"""Numbers for people: never rounded to a claim that is not true."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusop.report.amounts import duration, fine_money, money, number, plural, share, usd
from clusop.units import Range


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("0", "$0"),
        ("0.0038", "< $0.01"),
        ("0.01", "$0.01"),
        ("1.234", "$1.23"),
        ("999.99", "$999.99"),
        ("1234.5", "$1,234"),
        ("-0.55", "\N{MINUS SIGN}$0.55"),
        ("-0.001", "> \N{MINUS SIGN}$0.01"),
    ],
)
def test_dollars(amount: str, text: str) -> None:
    assert usd(Fraction(amount)) == text


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [
        ("0.12", "0.15", "$0.12–0.15"),
        ("0.121", "0.122", "$0.12"),
        ("0", "0.03", "$0–0.03"),
        ("0.001", "0.03", "< $0.01 to $0.03"),
        ("0.001", "0.002", "< $0.01"),
        ("0", "0.002", "$0 to < $0.01"),
        ("-0.14", "0.55", "\N{MINUS SIGN}$0.14 to $0.55"),
        ("2.1175", "2.5025", "$2.12–2.50"),
    ],
)
def test_ranges_of_dollars(low: str, high: str, text: str) -> None:
    assert money(Range.of(low, high)) == text


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [
        ("0.0038", "0.0038", "$0.0038"),
        ("0.00213", "0.0056", "$0.0021–0.0056"),
        ("0.121", "0.122", "$0.121–0.122"),
        ("0", "0.0056", "$0–0.0056"),
        ("0", "0", "$0"),
        ("0.000004", "0.3", "$0.000004–0.30"),
        ("0.0000001", "0.3", "< $0.000001 to $0.30"),
        ("-0.14", "0.55", "\N{MINUS SIGN}$0.14 to $0.55"),
        ("1234.5", "2000", "$1,234.50–2,000.00"),
        ("0.1234567", "0.1234568", "$0.123457"),
    ],
)
def test_dollars_for_who_checks_them(low: str, high: str, text: str) -> None:
    assert fine_money(Range.of(low, high)) == text


@pytest.mark.parametrize(
    ("ratio", "upper", "text"),
    [
        ("0.41", False, "41 %"),
        ("0.41", True, "≤ 41 %"),
        ("0.004", False, "< 1 %"),
        ("0.9999", False, "> 99 %"),
        ("0.9999", True, "≤ 100 %"),
        ("1", False, "100 %"),
        ("0", False, "0 %"),
    ],
)
def test_shares(*, ratio: str, upper: bool, text: str) -> None:
    assert share(Fraction(ratio), is_upper_bound=upper) == text


@given(st.fractions(min_value=0, max_value=1))
def test_a_share_is_0_or_100_only_if_it_is(ratio: Fraction) -> None:
    text = share(ratio)
    assert (text == "0 %") == (ratio == 0)
    assert (text == "100 %") == (ratio == 1)


@pytest.mark.parametrize(
    ("ms", "text"),
    [
        (0, "0 s"),
        (Fraction(1, 3), "< 1 ms"),
        (12, "12 ms"),
        (3_200, "3.2 s"),
        (3_818_100, "3,818 s"),
        (40_000_000, "11.1 h"),
    ],
)
def test_durations(ms: int | Fraction, text: str) -> None:
    assert duration(ms) == text


@pytest.mark.parametrize(
    ("exact", "text"),
    [
        ("3/8", "0.375"),
        ("1/3", "≈ 0.333333"),
        ("2..2.9", "2 to 2.9"),
        ("12000", "12,000"),
        ("elastic", "elastic"),
        ("=worker", "=worker"),
        ("1e999999999", "1e999999999"),
        ("1/0", "1/0"),
    ],
)
def test_exact_inputs_for_reading(exact: str, text: str) -> None:
    assert number(exact) == text


def test_counting_words() -> None:
    assert (plural(1, "query", "queries"), plural(2_000, "query", "queries")) == ("1 query", "2,000 queries")

"""Sums of exact numbers: the same as adding one fraction after the other."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from clusop.units import exact_sum

numbers = st.one_of(st.integers(), st.fractions(max_denominator=12), st.fractions())


@given(st.lists(numbers, max_size=12))
def test_a_sum_is_what_adding_one_after_the_other_gives(parts):
    total = Fraction(0)
    for part in parts:
        total += part
    assert exact_sum(parts) == total


def test_whole_numbers_make_a_fraction():
    assert type(exact_sum([])) is type(exact_sum([2, 3])) is Fraction

"""Accepted sequences as intervals are a set, told briefly."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from clusop.service.ingest.intervals import Intervals


@given(st.lists(st.integers(1, 60)))
def test_intervals_are_a_set_of_numbers(numbers):
    found, known = Intervals(), set()
    for number in numbers:
        before, opens = len(found), found.opens(number)
        assert found.add(number) == (number not in known)
        assert opens == (len(found) > before)
        known.add(number)
    assert [number for number in range(62) if number in found] == sorted(known)
    assert (found.count, found.last) == (len(known), max(known, default=0))
    again = Intervals.parse(found.text())
    assert again.pairs() == found.pairs()
    assert all(right[0] > left[1] + 1 for left, right in zip(found.pairs(), found.pairs()[1:], strict=False))


def test_in_order_is_one_interval():
    found = Intervals()
    assert all(found.add(number) for number in range(1, 10_001))
    assert found.text() == "[[1,10000]]"
    assert len(found) == 1

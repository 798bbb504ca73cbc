"""What is left of modeled exposure once the bill tells parts of it: nothing below nothing, no range upside down."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import example, given
from hypothesis import strategies as st

from clusop.service.resolver.exposure_days import replaced_microusd

ends = st.tuples(st.integers(0, 5), st.integers(0, 5)).map(lambda pair: (min(pair), max(pair)))
shares = st.sampled_from([Fraction(0), Fraction(1, 3), Fraction(1, 2), Fraction(1)])


@example([((1, 1), Fraction(1, 2)), ((0, 1), Fraction(1))])
@given(st.lists(st.tuples(ends, shares), max_size=6))
def test_what_is_left_is_a_range(signals) -> None:
    low, high = replaced_microusd((ends[0] * share, ends[1] * share) for ends, share in signals)
    modeled_low, modeled_high = (sum(ends[at] for ends, _ in signals) for at in (0, 1))
    assert 0 <= modeled_low - low <= modeled_high - high


@given(st.lists(ends, max_size=6))
def test_all_told_is_all_replaced(signals) -> None:
    whole = [(Fraction(low), Fraction(high)) for low, high in signals]
    assert replaced_microusd(whole) == (sum(low for low, _ in signals), sum(high for _, high in signals))


def test_more_than_a_database_counts_is_the_most_it_counts() -> None:
    most = 2**63 - 1
    assert replaced_microusd([(Fraction(1), Fraction(most)), (Fraction(1), Fraction(most))]) == (2, most)

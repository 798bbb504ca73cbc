"""Totals of savings: one alternative per compute, cash apart from capacity, never above what was paid."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st
from money_world import fractions

from clusop.analysis.assessment import Action, Proposal
from clusop.analysis.cluster import Uptime
from clusop.analysis.economics import Alternatives, recompute, total_of
from clusop.analysis.figure import ModeledFigure
from clusop.pricing.price import Unpriced
from clusop.reasons import Reason
from clusop.units import Range


def usd(low: object, high: object = None) -> ModeledFigure:
    return ModeledFigure(Range.of(low, high), "fix-1")


def disable(low: object, high: object = None) -> Proposal:
    return Proposal(Action.DISABLE, "Switch it off.", usd(low, high))


def test_alternatives_are_never_added():
    one = Alternatives("job", Uptime.ELASTIC, usd(100), usd(80), (usd(10), usd(5)), (usd(12),), disable(14))
    savings = total_of([one])
    assert savings.cash.usd == Range.of(15)  # the two fixes; not 15 + 12 + 14
    assert savings.chosen == (("job", Action.FIX),)


def test_different_computes_are_added():
    first = Alternatives("a", Uptime.ELASTIC, usd(100), usd(80), (usd(10),))
    second = Alternatives("b", Uptime.ELASTIC, usd(100), usd(80), (), (), disable(30))
    savings = total_of([first, second])
    assert savings.cash.usd == Range.of(40)
    assert savings.chosen == (("a", Action.FIX), ("b", Action.DISABLE))


def test_capacity_is_no_cash_and_unknown_uptime_is_neither():
    fixed = Alternatives("fixed", Uptime.FIXED, usd(100), usd(80), (usd(10),))
    unknown = Alternatives("unknown", Uptime.UNKNOWN, usd(100), usd(80), (usd(7),))
    savings = total_of([fixed, unknown])
    assert [savings.cash.usd, savings.capacity.usd, savings.cash_or_capacity.usd] == [
        Range.of(0),
        Range.of(10),
        Range.of(7),
    ]


def test_cash_comes_before_capacity():
    fixed = Alternatives("fixed", Uptime.FIXED, usd(100), usd(80), (usd(50),), (), disable(3))
    savings = total_of([fixed])
    assert [savings.cash.usd, savings.capacity.usd] == [Range.of(3), Range.of(0)]


def test_keeping_the_engine_saves_nothing():
    keep = Proposal(Action.KEEP, "Keep it.", usd(-5, 20))
    assert total_of([Alternatives("a", Uptime.ELASTIC, usd(100), usd(80), engine=keep)]).chosen == ()


def test_fixes_are_capped_at_what_the_queries_cost_and_a_disable_at_the_bill():
    greedy = Alternatives("a", Uptime.ELASTIC, usd(100, 120), usd(10, 12), (usd(9, 20), usd(8, 20)))
    assert total_of([greedy]).cash.usd == Range.of(10, 12)
    idle = Alternatives("b", Uptime.FIXED, usd(100), usd(10), (), (), disable(60, 130))
    assert total_of([idle]).cash.usd == Range.of(60, 100)  # the premium of idle hours is above what the queries cost


def test_without_a_price_for_the_cap_the_parts_still_add_up():
    gap = Unpriced(Reason("no-timeline"))
    assert total_of([Alternatives("a", Uptime.ELASTIC, gap, gap, (usd(1), usd(2)))]).cash.usd == Range.of(3)


amounts = st.builds(lambda a, b: usd(min(a, b), max(a, b)), *[fractions(0, 100, 20)] * 2)
definitions = st.lists(
    st.builds(
        Alternatives,
        st.text(max_size=3),
        st.sampled_from(list(Uptime)),
        amounts,
        amounts,
        st.lists(amounts, max_size=3).map(tuple),
        st.lists(amounts, max_size=3).map(tuple),
        st.none() | amounts.map(lambda figure: Proposal(Action.DISABLE, "", figure)),
    ),
    max_size=4,
)


@settings(max_examples=80, deadline=None)
@given(definitions)
def test_totals_stay_below_what_was_paid_and_can_be_recomputed(alternatives):
    savings = total_of(alternatives)
    whole = savings.cash.usd + savings.capacity.usd + savings.cash_or_capacity.usd
    paid = sum(
        (
            max(one.bill.usd.high, one.attributed.usd.high)
            for one in alternatives
            if one.fixes or one.upgrades or one.engine
        ),
        Fraction(0),
    )
    assert 0 <= whole.low <= whole.high <= paid
    assert len(savings.chosen) <= len(alternatives)
    for figure in (savings.cash, savings.capacity, savings.cash_or_capacity):
        assert recompute(figure.to_json()) == figure.usd

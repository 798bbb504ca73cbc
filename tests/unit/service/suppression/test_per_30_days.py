"""30 days at the observed rate, worked by hand, and computed again from the figure's own inputs."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from clusop.analysis.economics import recompute
from clusop.service.suppression.per_30_days import WindowSums, estimate, monthly
from clusop.units import Range

DAY_MS = 86_400_000
TODAY = 20_000
NOW_MS = TODAY * DAY_MS + 1
SUMS = WindowSums(TODAY - 4, 5, 10, 100, 40, 0, 0, 0, (1_000_000, 3_000_000), (0, 0), (500_000, 600_000))


def of(sums, first_day=TODAY - 4, min_days=3, min_runs=3):
    return monthly(sums, first_day * DAY_MS, NOW_MS, min_days=min_days, min_runs=min_runs)


def test_seen_on_five_days_and_scaled_to_thirty():
    month = of(SUMS)
    assert (month.rate.span_days, month.rate.is_known) == (5, True)
    (saving,) = month.savings
    assert saving.per_run_usd == Range.of("0.1", "0.3")
    assert saving.per_30_days.usd == Range.of(6, 18)
    assert saving.per_30_days.inputs == {"usd_per_run": "0.1..0.3", "runs_per_day": "2", "days": "30"}


def test_one_day_is_not_multiplied_for_the_low_end():
    month = of(replace(SUMS, days=1, first_day=TODAY), TODAY)
    assert not month.rate.is_known
    assert month.savings[0].per_30_days.usd == Range.of(1, 90)


def test_what_is_older_than_the_window_needs_no_scaling_and_counts_as_it_is():
    month = of(replace(SUMS, days=1, runs=1), TODAY - 30)
    assert (month.rate.span_days, month.rate.is_known) == (30, True)
    assert month.savings[0].per_30_days.usd == Range.of(1, 3)
    # First seen on the first day of the window: the same span.
    assert of(replace(SUMS, first_day=TODAY - 29), TODAY - 29).rate.span_days == 30


def test_runs_without_a_price_are_not_counted_as_free():
    month = of(replace(SUMS, avoidable_unpriced_runs=5))
    assert month.savings[0].per_run_usd == Range.of("0.2", "0.6")
    assert month.savings[0].per_30_days.usd == Range.of(6, 18)
    assert of(replace(SUMS, avoidable_unpriced_runs=10, cash_microusd=(0, 0))).savings == ()


def test_cash_and_capacity_are_figures_of_their_own():
    month = of(replace(SUMS, capacity_microusd=(2_000_000, 4_000_000)))
    assert [(saving.is_capacity, saving.per_30_days.usd) for saving in month.savings] == [
        (False, Range.of(6, 18)),
        (True, Range.of(12, 24)),
    ]
    assert month.avoidable_usd == Range.of(18, 42)


def test_billed_days_and_modeled_days_are_never_mixed():
    month = of(
        replace(SUMS, derived_days=2, derived_microusd=(210_000, 250_000), derived_modeled_microusd=(200_000, 240_000))
    )
    assert [(figure.basis, figure.usd) for figure in month.exposures] == [
        ("derived", Range.of("1.26", "1.5")),
        ("modeled", Range.of("1.8", "2.16")),
    ]


def test_core_hours_of_runs_that_told_their_time():
    month = of(replace(SUMS, run_ms=72_000_000, island_ms=36_000_000))
    assert (month.core_hours, month.time_share) == (Range.of(60), Fraction(1, 2))
    assert of(replace(SUMS, island_unknown_runs=10)).core_hours is None


def test_a_clock_ahead_of_ours_gives_no_span_below_a_day():
    assert of(replace(SUMS, first_day=TODAY + 3), TODAY + 3).rate.span_days == 1


@given(
    st.tuples(st.integers(0, 10**15), st.integers(0, 10**15)),
    st.tuples(st.integers(1, 10**6), st.integers(0, 10**6)),
    st.integers(1, 30),
    st.integers(0, 40),
)
def test_every_figure_is_what_its_inputs_give(amounts, runs, days, first):
    cash = (amounts[0], sum(amounts))
    month = of(
        replace(SUMS, days=days, runs=runs[0], avoidable_unpriced_runs=min(runs[1], runs[0]), cash_microusd=cash),
        TODAY - first,
    )
    for figure in [*(saving.per_30_days for saving in month.savings), *month.exposures]:
        assert recompute(figure.to_json()) == figure.usd
    if month.savings and not month.rate.is_known:
        assert month.savings[0].per_30_days.usd.low == Fraction(cash[0], 10**6)


@given(
    st.tuples(*[st.integers(0, 10**13)] * 4),
    st.tuples(st.integers(1, 10**4), st.integers(0, 10**4), st.integers(0, 10**4)),
    st.tuples(st.integers(0, 10**10), st.integers(0, 10**10)),
    st.tuples(st.integers(1, 30), st.integers(0, 40)),
)
def test_the_gate_goes_by_what_the_card_shows(amounts, runs, times, days):
    unpriced, untimed = min(runs[1], runs[0]), min(runs[2], runs[0])
    is_priced = unpriced < runs[0]
    cash, capacity = ((low, low + spread) if is_priced else (0, 0) for low, spread in (amounts[:2], amounts[2:]))
    sums = replace(
        SUMS,
        days=days[0],
        runs=runs[0],
        avoidable_unpriced_runs=unpriced,
        island_unknown_runs=untimed,
        run_ms=sum(times),
        island_ms=times[0] if untimed < runs[0] else 0,
        cash_microusd=cash,
        capacity_microusd=capacity,
    )
    month = of(sums, TODAY - days[1])
    quick = estimate(sums, (TODAY - days[1]) * DAY_MS, NOW_MS, min_days=3, min_runs=3)
    assert quick.is_priced == month.is_priced
    assert quick.low_usd == month.avoidable_usd.low
    assert quick.time_share == month.time_share
    assert quick.low_core_hours == (month.core_hours.low if month.core_hours is not None else None)
    shown = month.avoidable_usd * 10**6 if month.is_priced else (month.core_hours or Range.of(0)) * 3_600_000
    assert abs(quick.middle - (shown.low + shown.high) / 2) <= 2

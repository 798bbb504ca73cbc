"""Switching the engine off: the break-even, the fixed cluster whose idle time absorbs, ranges, and what rules it out."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import assume, given
from money_world import ALL_PURPOSE, SINGLE, PlainPrices, fractions

from clusop.analysis.assessment import Action
from clusop.analysis.cluster import Uptime
from clusop.analysis.economics import (
    EngineWindow,
    History,
    NodeHours,
    break_even_speedup,
    cluster_rates,
    disable_pays,
    disable_saving,
    engine_decision,
    runs_needed,
    speedup_from_history,
)
from clusop.pricing.price import Price, Unpriced
from clusop.reasons import Reason
from clusop.units import Range

JOBS = cluster_rates(SINGLE, PlainPrices(), "photon")
INTERACTIVE = cluster_rates(ALL_PURPOSE, PlainPrices(), "photon")


def hours(amount: object) -> NodeHours:
    return NodeHours(Fraction(amount), Fraction(0), Fraction(0))


def window(busy: object, share: object, uptime: Uptime, **changes: object) -> EngineWindow:
    return replace(EngineWindow(hours(1), hours(busy), Range.of(share), uptime), **changes)


def at_spot(rates):
    return replace(rates, driver_vm_usd_per_hour=Price(Range.of("0.10"), "usd/hour", ()))


@pytest.mark.parametrize(
    ("rates", "expected"),
    [
        (JOBS, Fraction("0.747") / Fraction("0.462")),  # (2.9 × 0.15 + 0.312) ÷ (0.15 + 0.312) = 1.6169
        (at_spot(JOBS), Fraction("0.535") / Fraction("0.25")),  # (0.435 + 0.10) ÷ (0.15 + 0.10) = 2.14
        (INTERACTIVE, Fraction("1.412") / Fraction("0.862")),  # (2 × 0.55 + 0.312) ÷ (0.55 + 0.312) = 1.6381
    ],
)
def test_the_break_even_speedup(rates, expected):
    found = break_even_speedup(rates, hours(1))
    assert found == Range.of(expected)
    assert any(abs(found.low - Fraction(known)) < Fraction("0.0001") for known in ("1.6169", "2.14", "1.6381"))


def test_a_disable_that_pays_only_because_the_cluster_stays_up_anyway():
    s, j, busy = Fraction(2), Fraction("0.2"), Fraction("0.3")
    slowdown = j + (1 - j) * s
    assert slowdown == Fraction("1.8")
    assert Fraction("1.412") - Fraction("0.862") * slowdown == Fraction(
        "-0.1396"
    )  # the busy-only formula: −$0.14 per hour
    # 0.3 × 1.8 = 0.54 of an hour fits into the hour: the bill falls by the premium, 1.412 − 0.862
    saving = disable_saving(INTERACTIVE, window(busy, j, Uptime.FIXED), Range.of(s))
    assert saving.usd == Range.of("0.55")
    # a fully busy cluster that ends with its work loses what the busy-only formula says
    assert disable_saving(INTERACTIVE, window(1, j, Uptime.ELASTIC), Range.of(s)).usd == Range.of("-0.1396")


def test_a_fixed_cluster_that_overflows_pays_for_the_overflow():
    # 0.8 × 1.8 = 1.44 hours of work in an hour: 1.412 − 1.44 × 0.862
    saving = disable_saving(INTERACTIVE, window("0.8", "0.2", Uptime.FIXED), Range.of(2))
    assert saving.usd == Range.of("0.17072")


def test_unknown_uptime_covers_both():
    fixed, elastic, unknown = (
        disable_saving(INTERACTIVE, window("0.8", "0.2", uptime), Range.of(2)).usd
        for uptime in (Uptime.FIXED, Uptime.ELASTIC, Uptime.UNKNOWN)
    )
    assert unknown == Range(min(fixed.low, elastic.low), max(fixed.high, elastic.high))


@pytest.mark.parametrize("speedup", ["1", "1.2", "1.6"])
def test_at_a_speedup_of_one_and_below_the_break_even_switching_off_pays_whatever_the_share(speedup):
    for share in ("0", "0.5", "1"):
        assert disable_pays(Fraction(speedup), Fraction(share), Fraction("1.6169"))
        assert disable_saving(JOBS, window(1, share, Uptime.ELASTIC), Range.of(speedup)).usd.low > 0


@given(
    fractions(1, 6, 50),
    fractions(0, 1, 50),
)
def test_the_rule_of_thumb_and_the_dollars_agree_on_a_fully_busy_elastic_cluster(speedup, share):
    saving = disable_saving(JOBS, window(1, share, Uptime.ELASTIC), Range.of(speedup)).usd.low
    assume(saving != 0)
    assert disable_pays(speedup, share, break_even_speedup(JOBS, hours(1)).low) == (saving > 0)


def test_off_only_if_every_end_saves():
    absorbed = engine_decision(INTERACTIVE, window("0.1", "0.2", Uptime.FIXED), "Photon")
    assert absorbed.action is Action.DISABLE
    assert absorbed.saving.usd == Range.of("0.55")
    assert "3.4 times as long" in absorbed.sentence  # 0.2 + 0.8 × 4, what the people pay who wait
    # J = 0.1: k runs from 1.45 to 3.7 around the break-even of 1.62: both signs
    between = engine_decision(JOBS, window(1, "0.1", Uptime.ELASTIC), "Photon")
    assert between.action is Action.KEEP
    assert between.saving.usd.low < 0 < between.saving.usd.high
    assert [reason.id for reason in between.reasons] == ["cannot-tell"]
    assert f"about {runs_needed()} " in between.sentence
    # a measured speed-up of 3 to 4 with nothing off the engine: never
    fast = engine_decision(JOBS, window(1, 0, Uptime.ELASTIC), "Photon", Range.of(3, 4))
    assert [fast.action, fast.reasons[0].id] == [Action.KEEP, "below-break-even"]
    assert "1.62" in fast.sentence


def test_history_beats_the_prior():
    slower = History(Range.of("1.5", "1.6"))  # R below s* = 1.6169: off pays, though s = 1.5 to 4 could not tell
    off = engine_decision(JOBS, window(1, "0.1", Uptime.ELASTIC, history=slower), "Photon")
    assert off.action is Action.DISABLE
    faster = History(Range.of("1.7", "2.2"))
    assert (
        engine_decision(JOBS, window(1, "0.1", Uptime.ELASTIC, history=faster), "Photon").reasons[0].id
        == "below-break-even"
    )
    around = History(Range.of("1.5", "1.8"), noise=Fraction(24, 100))
    unsure = engine_decision(JOBS, window(1, "0.1", Uptime.ELASTIC, history=around), "Photon")
    assert str(runs_needed(Fraction(24, 100))) in unsure.sentence


def test_a_ratio_of_history_is_no_speedup():
    # R = 1.8 with a fifth off the engine: (1.8 − 0.2) ÷ 0.8 = 2
    assert speedup_from_history(Fraction("1.8"), Fraction("0.2")) == 2
    assert speedup_from_history(Fraction("1.02"), Fraction("0.9")) is None


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"observed_ratio": Fraction(89, 100)}, "window-not-observed"),
        ({"required_features": ("predictive I/O",)}, "engine-required"),
        ({"off_engine_share": Unpriced(Reason("no-native-time"))}, "no-native-time"),
        ({"total": hours(0)}, "no-timeline"),
    ],
)
def test_what_rules_switching_off_out(changes, reason):
    found = engine_decision(INTERACTIVE, replace(window("0.1", "0.2", Uptime.FIXED), **changes), "Photon")
    assert [found.action, found.reasons[0].id] == [Action.KEEP, reason]
    assert found.reasons[0].sentence in found.sentence


def test_an_engine_without_a_premium_is_kept_and_so_is_serverless():
    comet = cluster_rates(SINGLE, PlainPrices(), "comet")
    found = engine_decision(comet, window(1, "0.5", Uptime.ELASTIC), "Comet")
    assert [found.action, found.saving.reason.id] == [Action.KEEP, "no-premium"]
    serverless = cluster_rates(replace(SINGLE, is_serverless=True), PlainPrices(), "photon")
    assert (
        engine_decision(serverless, window(1, "0.5", Uptime.ELASTIC), "Photon").reasons[0].id == "serverless-no-premium"
    )


def test_without_a_vm_price_only_a_cluster_that_absorbs_can_be_judged():
    rates = cluster_rates(ALL_PURPOSE, PlainPrices(vm_usd_per_hour={}), "photon")
    assert disable_saving(rates, window("0.1", "0.2", Uptime.FIXED)).usd == Range.of("0.55")  # v cancels
    for uptime, busy in ((Uptime.FIXED, "0.9"), (Uptime.ELASTIC, "0.1"), (Uptime.UNKNOWN, "0.1")):
        assert disable_saving(rates, window(busy, "0.2", uptime)) == Unpriced(Reason("unknown-vm-price", "i3.xlarge"))
    assert isinstance(break_even_speedup(rates, hours(1)), Unpriced)


def test_the_number_of_runs_grows_with_the_noise():
    # 2 × (1.96 + 0.84)² × 0.07² ÷ ln(1.1)² + 1.96² ÷ 4 = 8.47 + 0.96; with 0.24: 99.5 + 0.96
    assert (runs_needed(), runs_needed(Fraction(24, 100)), runs_needed(Fraction(0))) == (10, 101, 2)

"""What queries and applications cost: the issue's worked examples, and sums that are the bill."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from money_world import ALL_PURPOSE, HOUR, SINGLE, SIXTEEN_WORKERS, PlainPrices, fractions, stage, text_range

from clusop.analysis.cluster import Epoch, Uptime
from clusop.analysis.economics import (
    SqlWork,
    application_cost,
    cluster_rates,
    exposure,
    ledger_of,
    missing_parts,
    per_30_days,
    query_cost,
    share_of,
    unpriced_query_cost,
)
from clusop.pricing.price import Unpriced
from clusop.reasons import Reason
from clusop.units import Range

NO_ISLAND = Unpriced(Reason("no-island"))


def cost_of(cluster, prices, share, engine="photon", run_ms=4 * HOUR):
    work = stage(1, run_ms)
    return query_cost(
        ledger_of(cluster, [work]).hours_of([work]), cluster_rates(cluster, prices, engine), share, cluster.uptime
    )


def test_exposure_is_the_premium_and_avoidable_more():
    cost = cost_of(SINGLE, PlainPrices(), Range.of("0.4"))
    assert cost.attributed.usd == Range.of("0.747")  # 2.9 × 0.15 + 0.312, a whole cluster-hour
    assert cost.exposure.usd == Range.of("0.114")  # 1.9 × 0.15 × 0.4
    # 0.747 × 0.4 × (1 − 1/1.5) … (1 − 1/4)
    assert cost.avoidable.usd == Range.of(Fraction("0.2988") / 3, Fraction("0.2988") * 3 / 4)
    assert cost.avoidable.usd.high > cost.exposure.usd.high
    assert not cost.avoidable_is_capacity


def test_exposure_is_the_original_formula():
    # hours × Σ node DBU/h × $/DBU × (premium − 1) × fallback_weight
    cost = cost_of(SIXTEEN_WORKERS, PlainPrices(), Range.of("0.25"), run_ms=64 * HOUR)
    assert cost.exposure.usd == Range.of(1 * 17 * Fraction("0.15") * Fraction("1.9") * Fraction("0.25"))


def test_a_fix_on_fixed_uptime_is_capacity_and_no_cash():
    cost = cost_of(ALL_PURPOSE, PlainPrices(), Range.of("0.4"))
    assert cost.avoidable_is_capacity
    assert cost.avoidable.inputs["uptime"] == "fixed"
    assert cost.avoidable.usd.low > 0


def test_a_query_without_an_island_has_no_exposure_of_a_problem():
    cost = cost_of(SINGLE, PlainPrices(), NO_ISLAND)
    assert cost.attributed.usd.low > 0
    assert [cost.exposure.reason.id, cost.avoidable.reason.id] == ["no-island", "no-island"]


def test_an_upper_bound_of_time_starts_at_nothing():
    assert share_of(HOUR, 4 * HOUR, is_upper_bound=True) == Range.of(0, Fraction(1, 4))
    assert share_of(5, 4) == Range.of(1)
    assert share_of(5, 0) == Unpriced(Reason("no-time-no-price"))
    cost = cost_of(SINGLE, PlainPrices(), share_of(HOUR, 4 * HOUR, is_upper_bound=True))
    assert cost.exposure.usd == Range.of(0, Fraction("0.285") / 4)


def test_an_unknown_price_leaves_the_other_figures_alone():
    no_vm = cost_of(SINGLE, PlainPrices(vm_usd_per_hour={}), Range.of(1))
    assert no_vm.exposure.usd == Range.of("0.285")
    assert [no_vm.attributed.reason.id, no_vm.avoidable.reason.id] == ["unknown-vm-price"] * 2
    no_node = cost_of(SINGLE, PlainPrices(node_dbu_per_hour={}), Range.of(1))
    assert no_node.exposure == Unpriced(Reason("unknown-node-type", "i3.xlarge"))
    assert no_node.attributed.reason.id == "unknown-node-type"
    no_tier = cost_of(replace(SINGLE, tier="BASIC"), PlainPrices(), Range.of(1))
    assert no_tier.exposure.reason.id == "unknown-dbu-price"
    assert no_tier.attributed.reason.id == "unknown-dbu-price"
    no_multiplier = cost_of(SINGLE, PlainPrices(multipliers={}), Range.of(1))
    assert no_multiplier.exposure.reason.id == "unknown-multiplier"
    assert no_multiplier.attributed.reason.id == "unknown-multiplier"


def test_engines_without_a_premium_cost_time_and_machines():
    comet = cost_of(SINGLE, PlainPrices(), Range.of(1), engine="comet")
    assert comet.exposure.reason.id == "no-premium"
    assert comet.attributed.usd == Range.of("0.462")  # d + v
    elsewhere = cost_of(replace(SINGLE, is_databricks=False), PlainPrices(), Range.of(1), engine="comet")
    assert elsewhere.attributed.usd == Range.of("0.312")
    assert missing_parts(elsewhere.attributed) == (("dbu", "not-databricks"),)


def test_serverless_and_bare_plans_have_no_dollars():
    serverless = cost_of(replace(SINGLE, is_serverless=True), PlainPrices(), Range.of(1))
    found = [figure.reason.id for figure in (serverless.attributed, serverless.exposure, serverless.avoidable)]
    assert found == ["serverless-no-premium"] * 3
    assert unpriced_query_cost(Reason("no-query-shape")).attributed.reason.id == "no-query-shape"


def test_a_third_of_a_cent_ten_thousand_times_a_day():
    # 0.0038 ÷ 0.747 of a cluster-hour; 0.0038 × 10,000 × 30 = 1,140, exact, not 10,000 × "less than a cent"
    share = Fraction("0.0038") / Fraction("0.747")
    per_run = cost_of(SINGLE, PlainPrices(), NO_ISLAND, run_ms=int(share * 4 * HOUR * 10**6) / Fraction(10**6))
    assert abs(per_run.attributed.usd.low - Fraction("0.0038")) < Fraction(1, 10**12)
    monthly = per_30_days(per_run.attributed, Fraction(10_000))
    assert monthly.usd == per_run.attributed.usd * 300_000
    assert round(monthly.usd.low, 5) == 1140
    assert monthly.inputs["of"] == "attributed-1"


def test_a_query_of_several_islands_is_exposed_no_more_than_all_of_it():
    work = stage(1, 4 * HOUR)
    hours = ledger_of(SINGLE, [work]).hours_of([work])
    rates = cluster_rates(SINGLE, PlainPrices(), "photon")
    islands = [Fraction("0.3"), Fraction("0.5")]
    each = [exposure(rates, hours.run, Range.of(one)).usd.low for one in islands]
    assert sum(each) == exposure(rates, hours.run, Range.of(sum(islands))).usd.low <= Fraction("0.285")


def test_an_application_without_a_timeline_says_so():
    bare = replace(SINGLE, epochs=())
    ledger = ledger_of(bare, [])
    cost = application_cost(ledger, ledger.classes([], []), cluster_rates(bare, PlainPrices(), "photon"))
    assert cost.total == cost.unused == Unpriced(Reason("no-timeline"))
    half = replace(stage(1, HOUR), run_by_epoch_ms=())
    ledger = ledger_of(SINGLE, [half])
    cost = application_cost(
        ledger, ledger.classes([SqlWork((half,))], []), cluster_rates(SINGLE, PlainPrices(), "photon")
    )
    assert cost.total.usd == Range.of("0.747")
    assert cost.attributed == Unpriced(Reason("no-timeline"))


CLASSES = ("attributed", "non_sql_and_failed", "unobserved", "unused")
durations = fractions(0, 9_000, 97)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(durations, durations, st.integers(0, 2), st.booleans(), st.booleans()), max_size=8),
    st.sampled_from(["", "PREMIUM"]),
    st.sampled_from(["ON_DEMAND", "SPOT", "SPOT_WITH_FALLBACK", ""]),
    st.sampled_from(["photon", "comet"]),
)
def test_the_classes_are_the_bill_for_dbu_and_vm_dollars_apart(rows, tier, availability, engine):
    cluster = replace(
        SIXTEEN_WORKERS,
        tier=tier,
        availability=availability,
        epochs=(Epoch(0, 900, 7, 2), Epoch(900, 4000, 24, 5), Epoch(4000, 4100, 0, 0)),
    )
    stages = [stage(n, run, epoch=epoch, lost_ms=lost) for n, (run, lost, epoch, _, _) in enumerate(rows)]
    ledger = ledger_of(cluster, stages)
    sql = [(one, row[3]) for one, row in zip(stages, rows, strict=True) if row[4]]
    non_sql = [one for one, row in zip(stages, rows, strict=True) if not row[4]]
    classes = ledger.classes([SqlWork((one,), is_failed=failed) for one, failed in sql], non_sql)
    rates = cluster_rates(cluster, PlainPrices(), engine)
    cost = application_cost(ledger, classes, rates)
    for part in ("dbu_usd", "vm_usd"):
        ranges = [text_range(getattr(cost, name).inputs[part]) for name in CLASSES]
        assert sum(ranges, Range.of(0)) == text_range(cost.total.inputs[part])
    assert sum((getattr(cost, name).usd for name in CLASSES), Range.of(0)) == cost.total.usd
    hours = [ledger.hours_of([one]) for one, _ in sql]
    queries = [
        query_cost(one, rates, Range.of("0.5"), Uptime.ELASTIC) for one in hours if not isinstance(one, Unpriced)
    ]
    together = sum((query.attributed.usd for query in queries), Range.of(0))
    assert together.high <= cost.total.usd.high
    assert together.low <= cost.total.usd.low
    for query in queries:
        assert 0 <= query.avoidable.usd.low <= query.attributed.usd.low
        assert query.avoidable.usd.high <= query.attributed.usd.high


@pytest.mark.parametrize("engine", ["photon", "none"])
def test_a_premium_is_billed_only_where_the_engine_has_one(engine):
    cost = cost_of(SINGLE, PlainPrices(), NO_ISLAND, engine=engine)
    assert cost.attributed.usd == Range.of("0.747" if engine == "photon" else "0.462")

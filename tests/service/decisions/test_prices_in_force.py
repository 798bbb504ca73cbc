"""A decision is made at the customer's own prices, and its figure says which: worked by hand for one i3.xlarge on AWS jobs."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction

import pytest
from decision_samples import HOUR_MS, NOW_MS, hour, shape

from clusop.analysis.economics.formulas import recompute
from clusop.analysis.records.signal import SHAPE
from clusop.clock import SystemClock
from clusop.pricing.price import Price
from clusop.pricing.provider import PriceBook
from clusop.service.decisions import decide
from clusop.service.decisions.agent_use import cluster_of_shape
from clusop.service.decisions.prices_in_force import PricesInForce, prices_in_force
from clusop.service.resolver.negotiated import read_negotiated, shortest_price
from clusop.service.resolver.settings import Discount, ResolverSettings, read_resolver_settings
from clusop.service.schedule.jobs import jobs_of
from clusop.service.settings.settings import resolve
from clusop.service.store.tables.money import bill_hours, learned_rates, reconciliations
from clusop.units import Range

PLAIN, PHOTON = "PREMIUM_JOBS_COMPUTE", "PREMIUM_JOBS_COMPUTE_(PHOTON)"
CLUSTER = cluster_of_shape(SHAPE.read(shape(), "shape"))


def discounted(*told):
    return PricesInForce(ResolverSettings(discounts=tuple(Discount(sku, Fraction(ratio)) for sku, ratio in told)))


def learned(**rates):
    keys = {"plain": ("i3.xlarge", PLAIN, False), "photon": ("i3.xlarge", PHOTON, True)}
    return PricesInForce(learned={keys[name]: rate for name, rate in rates.items()})


def negotiated(**usd):
    skus = {"plain": PLAIN, "photon": PHOTON}
    return PricesInForce(
        negotiated={
            ("AWS", skus[name]): Price(Range.of(Fraction(price)), "usd/dbu", (f"account:{skus[name]}",))
            for name, price in usd.items()
        }
    )


@pytest.fixture
def saving(an_agent, database, stored):
    """The saving of switching the engine off for one hour that was all off it, and what it is recomputed from."""

    def of(prices):
        an_agent([hour()])
        with database.writing() as connection:
            decide(connection, prices, NOW_MS)
        (found,) = stored()
        figure = found["saving"]
        exact = recompute(figure)
        assert [round(exact.low * 10**6), round(exact.high * 10**6)] == [
            figure["low_microusd"],
            figure["high_microusd"],
        ]
        assert figure["basis"] == "modeled"
        return figure

    return of


@pytest.mark.parametrize(
    ("prices", "microusd", "ids"),
    [
        # (2.9 − 1) × 1 DBU × $0.15
        (PricesInForce(), 285_000, []),
        # a fifth off both
        (discounted(("*", "0.2")), 228_000, ["discount:*=1/5"]),
        # With the engine 2.9 × $0.15 × 0.8 = $0.348, without it $0.15
        (discounted((PHOTON, "0.2")), 198_000, [f"discount:{PHOTON}=1/5"]),
        # $0.435 with it, $0.12 without
        (discounted((PLAIN, "0.2")), 315_000, [f"discount:{PLAIN}=1/5"]),
        # another product's discount is none of this one's
        (discounted(("*ALL_PURPOSE*", "0.5")), 285_000, []),
        # The bill told 1.5 DBU with the engine and 0.6 without: 0.9 × $0.15
        (
            learned(plain=Range.of(Fraction("0.6")), photon=Range.of(Fraction("1.5"))),
            135_000,
            [f"learned:i3.xlarge/{PHOTON}=1.5", f"learned:i3.xlarge/{PLAIN}=0.6"],
        ),
        # 1.45 with it is 0.5 without at m = 2.9: 0.95 × $0.15
        (learned(photon=Range.of(Fraction("1.45"))), 142_500, [f"learned:i3.xlarge/{PHOTON}=1.45"]),
        # 0.5 without it is 1.45 with it
        (learned(plain=Range.of(Fraction("0.5"))), 142_500, [f"learned:i3.xlarge/{PLAIN}=0.5"]),
        # 1.9 DBU × $0.10, the discount being one on list prices
        (
            replace(negotiated(plain="0.1", photon="0.1"), settings=discounted(("*", "0.2")).settings),
            190_000,
            [f"account:{PLAIN}"],
        ),
        # Only the engine's SKU was billed: its price holds for both
        (negotiated(photon="0.1"), 190_000, [f"account:{PHOTON}"]),
        # 2.9 × $0.12 − $0.10
        (negotiated(plain="0.1", photon="0.12"), 248_000, [f"account:{PHOTON}", f"account:{PLAIN}"]),
    ],
)
def test_the_saving_follows_the_prices_in_force_and_names_them(saving, prices, microusd, ids):
    figure = saving(prices)
    assert [figure["low_microusd"], figure["high_microusd"]] == [microusd, microusd]
    own = [one for one in figure["price_ids"] if one.startswith(("learned:", "discount:", "account:"))]
    assert sorted(own) == sorted(ids)


def test_what_was_learned_as_a_range_is_one(saving):
    figure = saving(learned(plain=Range(Fraction("0.5"), Fraction("0.6"))))
    assert [figure["low_microusd"], figure["high_microusd"]] == [142_500, 171_000]


def test_an_unknown_tier_spans_what_its_tiers_pay():
    prices = discounted(("ENTERPRISE_*", "0.5"), (PHOTON, "0.2")).of(replace(CLUSTER, tier=""))
    book = PriceBook.default()
    usd = prices.dbu_usd("AWS", "", "JOBS_COMPUTE")
    listed = {tier: book.dbu_usd("AWS", tier, "JOBS_COMPUTE") for tier in ("PREMIUM", "ENTERPRISE")}
    assert usd.value == Range(listed["ENTERPRISE"].value.low / 2, listed["PREMIUM"].value.high)
    assert "discount:ENTERPRISE_*=1/2" in usd.entry_ids
    assert prices.premium_multiplier("photon", "AWS", "JOBS_COMPUTE").value == Range(Fraction("2.32"), Fraction("2.9"))


def test_where_nothing_is_known_of_the_customer_all_is_as_the_table_says():
    prices, book = PricesInForce().of(CLUSTER), PriceBook.default()
    assert prices.dbu_usd("AWS", "PREMIUM", "JOBS_COMPUTE") == book.dbu_usd("AWS", "PREMIUM", "JOBS_COMPUTE")
    assert prices.dbu_usd("AWS", "", "DLT_COMPUTE") == book.dbu_usd("AWS", "", "DLT_COMPUTE")
    assert prices.dbu_usd("", "PREMIUM", "JOBS_COMPUTE") == book.dbu_usd("", "PREMIUM", "JOBS_COMPUTE")
    assert prices.node_dbu("AWS", "nothing.large") == book.node_dbu("AWS", "nothing.large")
    assert prices.vm_usd("AWS", "i3.xlarge", "SPOT") == book.vm_usd("AWS", "i3.xlarge", "SPOT")
    for engine in ("photon", "comet", "other"):
        assert prices.premium_multiplier(engine, "AWS", "JOBS_COMPUTE") == book.premium_multiplier(
            engine, "AWS", "JOBS_COMPUTE"
        )


def bill(connection, sku, dbu, microusd, ago=50, **columns):
    run = connection.execute(
        reconciliations.insert().values(started_at_ms=1, from_at_ms=0, to_at_ms=1, tier="x", outcome="done")
    )
    values = {
        "workspace": "42", "cluster": "c", "hour_at_ms": NOW_MS - ago * HOUR_MS, "sku": sku, "is_photon": "PHOTON" in sku,
        "cloud": "AWS", "currency": "USD", "unit": "DBU", "dbu": dbu, "microusd": microusd, "basis": "billed-negotiated",
        "price_ids": json.dumps([f"account:{sku}@1"]), "version": 1, "reconciliation_id": run.inserted_primary_key[0],
    }  # fmt: skip
    connection.execute(bill_hours.insert().values(values | columns))


def test_the_newest_bill_tells_the_price_of_a_dbu(database):
    with database.writing() as connection:
        bill(connection, PLAIN, "14.5", 1_848_750)
        bill(connection, PLAIN, "0.001", 128, ago=40)
        bill(connection, PLAIN, "1", 90_000, ago=60, price_ids='["account:old@0"]')
        bill(connection, PHOTON, "1", 80_000, basis="billed-at-list")
        bill(connection, "ENTERPRISE_JOBS_COMPUTE", "1", 80_000, currency="EUR")
        found = read_negotiated(connection)
    # 14.5 × $0.1275, of the dearest hour at the newest price
    assert found == {("AWS", PLAIN): Price(Range.of(Fraction("0.1275")), "usd/dbu", (f"account:{PLAIN}@1",))}
    assert shortest_price(1, Fraction(0)) is None
    assert shortest_price(333_333, Fraction(1)) == Fraction("0.333333")


def test_the_schedule_decides_at_the_settings_and_the_bill(an_agent, database, stored, tmp_path):
    an_agent([hour()])
    config = tmp_path / "clusop.yaml"
    config.write_text('discounts:\n  - {sku: "PREMIUM_*", ratio: "0.5"}\n')
    settings = resolve(config=str(config))
    with database.writing() as connection:
        connection.execute(
            learned_rates.insert().values(
                node_type="i3.xlarge", sku=PHOTON, is_photon=True, low_dbu="1.45", high_dbu="1.45", node_hours_milli=1,
                learned_at_ms=1,
            )
        )  # fmt: skip
        told = read_resolver_settings(None, settings.section("discounts"))
        assert prices_in_force(connection, told).learned == {("i3.xlarge", PHOTON, True): Range.of(Fraction("1.45"))}
    (job,) = [one for one in jobs_of(settings, SystemClock()) if one.name == "decisions"]
    job.run(database, NOW_MS)
    # 0.5 × 1.9 DBU × $0.075
    assert stored()[0]["saving"]["low_microusd"] == 71_250

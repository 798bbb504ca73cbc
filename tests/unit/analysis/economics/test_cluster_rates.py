"""Rates of a cluster: who is alive, at which price, and what is not known."""

from __future__ import annotations

from dataclasses import replace

import pytest
from money_world import ALL_PURPOSE, HOUR, SINGLE, SIXTEEN_WORKERS, PlainPrices

from clusop.analysis.cluster import Cluster, Epoch
from clusop.analysis.economics import NodeHours, cluster_rates, nodes_alive
from clusop.pricing.price import Price, Unpriced
from clusop.pricing.provider import PriceBook
from clusop.units import Range


def test_the_driver_is_a_node_too():
    rates = cluster_rates(SIXTEEN_WORKERS, PlainPrices(), "photon")
    (epoch,) = rates.epochs
    assert epoch.dbu_per_hour == Range.of(17)
    assert epoch.dbu_usd_per_hour == Range.of("2.55")  # 17 × 1 DBU/h × $0.15
    assert epoch.vm_usd_per_hour == Range.of("5.304")  # 17 × $0.312


def test_a_single_node_is_its_driver_only():
    (epoch,) = cluster_rates(SINGLE, PlainPrices(), "photon").epochs
    assert (epoch.dbu_usd_per_hour, epoch.vm_usd_per_hour) == (Range.of("0.15"), Range.of("0.312"))


def test_the_rates_follow_the_workers_from_epoch_to_epoch():
    cluster = replace(SIXTEEN_WORKERS, epochs=(Epoch(0, 1, 0, 0), Epoch(1, 2, 8, 2), Epoch(2, 3, 64, 16)))
    rates = cluster_rates(cluster, PlainPrices(), "photon")
    assert [epoch.dbu_per_hour for epoch in rates.epochs] == [Range.of(1), Range.of(3), Range.of(17)]


@pytest.mark.parametrize(
    ("availability", "first_on_demand", "expected"),
    [
        ("ON_DEMAND", None, (1, 16, 0)),
        ("SPOT", 1, (1, 0, 16)),  # the driver is the first on-demand node
        ("SPOT", 5, (1, 4, 12)),
        ("SPOT_WITH_FALLBACK", 3, (1, 2, 14)),
        ("SPOT", 40, (1, 16, 0)),
        ("", None, (1, 0, 16)),
    ],
)
def test_nodes_on_demand_are_counted_driver_first(availability, first_on_demand, expected):
    cluster = replace(SIXTEEN_WORKERS, availability=availability, first_on_demand=first_on_demand)
    assert nodes_alive(cluster, 16) == NodeHours(*expected)


def test_spot_is_its_price_where_it_is_certain_and_reaches_to_on_demand_where_not():
    certain = replace(SIXTEEN_WORKERS, availability="SPOT", first_on_demand=1)
    assert cluster_rates(certain, PlainPrices(), "photon").epochs[0].vm_usd_per_hour == Range.of(
        "1.912"
    )  # .312 + 16 × .10
    maybe = replace(certain, availability="SPOT_WITH_FALLBACK")
    rates = cluster_rates(maybe, PlainPrices(), "photon")
    assert rates.epochs[0].vm_usd_per_hour == Range.of("1.912", "5.304")
    assert [remark.id for remark in rates.remarks] == ["spot-unknown"]
    assert isinstance(rates.spot_worker_vm_usd_per_hour, Price)
    assert len(rates.spot_worker_vm_usd_per_hour.entry_ids) == 2


def test_an_unknown_tier_is_a_range_and_said():
    rates = cluster_rates(replace(ALL_PURPOSE, tier=""), PlainPrices(), "photon")
    assert rates.epochs[0].dbu_usd_per_hour == Range.of("0.55", "0.65")
    assert [remark.id for remark in rates.remarks] == ["unknown-tier"]


def test_each_unknown_leaves_the_others_alone():
    no_vm = cluster_rates(SINGLE, PlainPrices(vm_usd_per_hour={}), "photon")
    assert no_vm.epochs[0].dbu_usd_per_hour == Range.of("0.15")
    assert reason_of(no_vm.epochs[0].vm_usd_per_hour) == "unknown-vm-price"
    no_node = cluster_rates(SINGLE, PlainPrices(node_dbu_per_hour={}), "photon")
    assert reason_of(no_node.epochs[0].dbu_usd_per_hour) == "unknown-node-type"
    assert no_node.epochs[0].vm_usd_per_hour == Range.of("0.312")
    no_tier = cluster_rates(replace(SINGLE, tier="BASIC"), PlainPrices(), "photon")
    assert no_tier.epochs[0].dbu_per_hour == Range.of(1)
    assert reason_of(no_tier.epochs[0].dbu_usd_per_hour) == "unknown-dbu-price"
    no_multiplier = cluster_rates(SINGLE, PlainPrices(multipliers={}), "photon")
    assert reason_of(no_multiplier.multiplier) == "unknown-multiplier"
    assert no_multiplier.epochs[0].dbu_usd_per_hour == Range.of("0.15")


@pytest.mark.parametrize(
    ("cluster", "engine", "multiplier", "premium", "usd_per_dbu"),
    [
        (SINGLE, "photon", Range.of("2.9"), Range.of("2.9"), Range.of("0.15")),
        (SINGLE, "comet", Range.of(1), "no-premium", Range.of("0.15")),
        (SINGLE, "none", Range.of(1), "no-premium", Range.of("0.15")),
        (replace(SINGLE, is_databricks=False), "comet", Range.of(1), "no-premium", "not-databricks"),
        (replace(SINGLE, is_serverless=True), "photon", *["serverless-no-premium"] * 3),
        (replace(SINGLE, cloud=""), "photon", *["unknown-cloud"] * 3),
        (replace(SINGLE, product=""), "photon", *["unknown-product"] * 3),
    ],
)
def test_what_the_bill_multiplies_and_what_the_engine_costs(cluster, engine, multiplier, premium, usd_per_dbu):
    rates = cluster_rates(cluster, PlainPrices(), engine)
    found = [
        price.value if isinstance(price, Price) else price.reason.id for price in (rates.multiplier, rates.premium)
    ]
    assert found == [multiplier, premium]
    assert (
        rates.usd_per_dbu.value if isinstance(rates.usd_per_dbu, Price) else reason_of(rates.usd_per_dbu)
    ) == usd_per_dbu


def test_a_cluster_elsewhere_has_a_vm_price_if_its_node_is_known():
    (epoch,) = cluster_rates(replace(SINGLE, is_databricks=False), PlainPrices(), "comet").epochs
    assert reason_of(epoch.dbu_usd_per_hour) == "not-databricks"
    assert epoch.vm_usd_per_hour == Range.of("0.312")
    (local,) = cluster_rates(Cluster(epochs=(Epoch(0, HOUR, 2, 0),)), PlainPrices(), "comet").epochs
    assert reason_of(local.vm_usd_per_hour) == "not-databricks"


def test_a_driver_without_a_type_of_its_own_is_like_the_workers_and_a_worker_without_one_is_unknown():
    like = replace(SIXTEEN_WORKERS, driver_node_type="")
    assert cluster_rates(like, PlainPrices(), "photon").epochs[0].dbu_per_hour == Range.of(17)
    unknown = replace(SIXTEEN_WORKERS, worker_node_type="")
    assert reason_of(cluster_rates(unknown, PlainPrices(), "photon").epochs[0].dbu_per_hour) == "unknown-shape"


def test_the_shipped_price_list_prices_a_known_cluster():
    cluster = replace(
        SIXTEEN_WORKERS,
        product="ALL_PURPOSE_COMPUTE",
        tier="",
        driver_node_type="m6gd.xlarge",
        worker_node_type="m6gd.2xlarge",
        epochs=(Epoch(0, HOUR, 16, 2),),
    )
    (epoch,) = cluster_rates(cluster, PriceBook.default(), "photon").epochs
    assert epoch.dbu_per_hour == Range.of("3.85")  # 0.77 + 2 × 1.54
    assert epoch.dbu_usd_per_hour == Range.of("2.1175", "2.5025")  # × 0.55 (premium) … 0.65 (enterprise)


def reason_of(value: object) -> str:
    assert isinstance(value, Unpriced)
    return value.reason.id

"""Lookups: worked prices, ranges where something is not known, and a reason where nothing is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusop.pricing.entry import PriceEntry, PriceKind, exact_text
from clusop.pricing.key import CLOUDS, PREMIUM_PRODUCTS, PRODUCTS, TIERS
from clusop.pricing.override_file import parse_overrides
from clusop.pricing.price import Price, Unpriced
from clusop.pricing.provider import PriceBook
from clusop.pricing.table import PriceTable, load_price_table
from clusop.units import Range, exact

BOOK = PriceBook.default()
NODES = [entry.key.split("/") for entry in load_price_table().entries if entry.kind is PriceKind.NODE_DBU]


def priced(price: Price | Unpriced) -> Range:
    assert isinstance(price, Price)
    return price.value


def reason(price: object) -> str:
    assert isinstance(price, Unpriced)
    return price.reason.id


@pytest.mark.parametrize(
    ("cloud", "node_type", "dbu_per_hour"),
    [
        ("AWS", "i3.xlarge", "1"),
        ("aws", "m6gd.2xlarge", "1.54"),
        ("AWS", "m6gd.xlarge", "0.77"),
        ("AWS", "m5d.large", "0.34"),
        ("AWS", "i4i.xlarge", "1.38"),
        ("Azure", "Standard_DS3_v2", "0.75"),
        ("AZURE", "standard_d4ds_v5", "1"),
        ("gcp", "n2-highmem-4", "0.96"),
        ("GCP", "c3-standard-22", "4.68"),
        ("GCP", "c3-standard-22-lssd", "4.68"),
        ("GCP", "e2-highcpu-32", "4.32"),
        ("GCP", "e2_highcpu_32", "4.32"),
    ],
)
def test_node_dbu(cloud: str, node_type: str, dbu_per_hour: str) -> None:
    price = BOOK.node_dbu(cloud, node_type)
    assert priced(price) == Range.of(dbu_per_hour)
    assert price.unit == "dbu/hour"


def test_a_cluster_of_q88() -> None:
    # m6gd.2xlarge twice and an m6gd.xlarge as driver: 2 * 1.54 + 0.77 = 3.85 DBU/h; 0.55 to 0.65 dollars each
    dbu = priced(BOOK.node_dbu("AWS", "m6gd.2xlarge")) * 2 + priced(BOOK.node_dbu("AWS", "m6gd.xlarge"))
    assert dbu == Range.of("3.85")
    assert dbu * priced(BOOK.dbu_usd("AWS", "", "ALL_PURPOSE_COMPUTE")) == Range.of("2.1175", "2.5025")


@pytest.mark.parametrize(
    ("cloud", "tier", "product", "low", "high"),
    [
        ("AWS", "PREMIUM", "JOBS_COMPUTE", "0.15", "0.15"),
        ("AWS", "ENTERPRISE", "ALL_PURPOSE_COMPUTE", "0.65", "0.65"),
        ("aws", "premium", "jobs_compute_(photon)", "0.15", "0.15"),
        ("Azure", "PREMIUM", "DLT_PRO_COMPUTE", "0.38", "0.38"),
        ("AWS", "PREMIUM", "DLT_COMPUTE", "0.20", "0.36"),
        ("Azure", "", "JOBS_COMPUTE", "0.3", "0.3"),
        ("GCP", "", "JOBS_COMPUTE", "0.15", "0.2"),
        ("AWS", "PREMIUM", "SQL_PRO_COMPUTE", "0.55", "0.85"),
    ],
)
def test_dbu_usd(cloud: str, tier: str, product: str, low: str, high: str) -> None:
    assert priced(BOOK.dbu_usd(cloud, tier, product)) == Range.of(low, high)


def test_unknown_tier_names_the_entry_of_each_tier() -> None:
    price = BOOK.dbu_usd("AWS", "", "JOBS_COMPUTE")
    assert isinstance(price, Price)
    assert price.entry_ids == ("usd-aws-premium-jobs-compute", "usd-aws-enterprise-jobs-compute")


@pytest.mark.parametrize(
    ("availability", "low", "high"),
    [
        ("ON_DEMAND", "0.312", "0.312"),
        ("SPOT", "0.0312", "0.312"),
        ("SPOT_WITH_FALLBACK", "0.0312", "0.312"),
        ("", "0.0312", "0.312"),
        ("a word nobody knows", "0.0312", "0.312"),
    ],
)
def test_vm_usd(availability: str, low: str, high: str) -> None:
    assert priced(BOOK.vm_usd("AWS", "i3.xlarge", availability)) == Range.of(low, high)


@pytest.mark.parametrize(
    ("cloud", "node_type", "on_demand", "spot"),
    [
        ("AZURE", "Standard_DS3_v2", "ON_DEMAND_AZURE", "SPOT_AZURE"),
        ("GCP", "n2-highmem-4", "ON_DEMAND_GCP", "PREEMPTIBLE_GCP"),
    ],
)
def test_availability_in_the_words_of_each_cloud(cloud: str, node_type: str, on_demand: str, spot: str) -> None:
    book = BOOK.with_overrides(parse_overrides({"spot_share": {cloud: ["0.3", "0.5"]}}, "test"))
    sure = book.vm_usd(cloud, node_type, on_demand)
    assert priced(sure).is_exact
    assert priced(book.vm_usd(cloud, node_type, spot)) == priced(sure) * Range.of("0.3", "0.5")


def test_a_spot_price_names_the_assumption_behind_it() -> None:
    price = BOOK.vm_usd("AWS", "i3.xlarge", "SPOT")
    assert isinstance(price, Price)
    assert price.entry_ids == ("vm-aws-i3.xlarge", "spot-aws")


def test_node_types_with_a_rate_and_no_machine_price_lose_that_figure_only() -> None:
    rates = {key: BOOK.node_dbu(*key) for key in map(tuple, NODES)}
    machines = {key: BOOK.vm_usd(*key, "ON_DEMAND") for key in rates}
    assert all(isinstance(rate, Price) for rate in rates.values())
    lacking = [key for key, price in machines.items() if isinstance(price, Unpriced)]
    # The facts lack 386 by name; four of these are listed there under a name that ends in "(beta)".
    beta = [entry for entry in load_price_table().entries if "listed as beta" in entry.note]
    assert len(lacking) + len(beta) == 386
    assert {reason(machines[key]) for key in lacking} == {"unknown-vm-price"}
    for cloud, _ in lacking:
        assert isinstance(BOOK.dbu_usd(cloud, "", "JOBS_COMPUTE"), Price)


@pytest.mark.parametrize(
    ("engine", "cloud", "product", "low", "high"),
    [
        ("photon", "AWS", "JOBS_COMPUTE", "2.9", "2.9"),
        ("Photon", "AWS", "DLT_CORE_COMPUTE", "2.9", "2.9"),
        ("photon", "azure", "DLT_COMPUTE", "2.5", "2.9"),
        ("photon", "Azure", "JOBS_COMPUTE", "2.5", "2.9"),
        ("photon", "GCP", "DLT_ADVANCED_COMPUTE", "2.5", "2.9"),
        ("photon", "AWS", "ALL_PURPOSE_COMPUTE", "2", "2"),
        ("photon", "AZURE", "ALL_PURPOSE_COMPUTE_(PHOTON)", "2", "2"),
        ("photon", "GCP", "ALL_PURPOSE_COMPUTE", "2", "2"),
    ],
)
def test_premium_multiplier(engine: str, cloud: str, product: str, low: str, high: str) -> None:
    assert priced(BOOK.premium_multiplier(engine, cloud, product)) == Range.of(low, high)


@pytest.mark.parametrize(
    ("engine", "cloud", "product", "why"),
    [
        ("comet", "AWS", "JOBS_COMPUTE", "no-premium"),
        ("none", "", "", "no-premium"),
        ("gluten", "GCP", "JOBS_COMPUTE", "no-premium"),
        ("", "AWS", "JOBS_COMPUTE", "unknown-multiplier"),
        ("warp", "AWS", "JOBS_COMPUTE", "unknown-multiplier"),
        ("photon", "", "JOBS_COMPUTE", "unknown-cloud"),
        ("photon", "AWS", "", "unknown-product"),
        ("photon", "AWS", "MODEL_TRAINING", "unknown-product"),
        ("photon", "AWS", "JOBS_LIGHT_COMPUTE", "unknown-multiplier"),
        ("photon", "AWS", "SQL_PRO_COMPUTE", "serverless-no-premium"),
        ("photon", "", "JOBS_SERVERLESS_COMPUTE", "serverless-no-premium"),
    ],
)
def test_no_multiplier_has_a_reason(engine: str, cloud: str, product: str, why: str) -> None:
    assert reason(BOOK.premium_multiplier(engine, cloud, product)) == why


@pytest.mark.parametrize(
    ("price", "why", "named"),
    [
        (BOOK.node_dbu("AWS", "z9.mega"), "unknown-node-type", "z9.mega"),
        (BOOK.node_dbu("AWS", "Standard_DS3_v2"), "unknown-node-type", "AWS"),
        (BOOK.node_dbu("AWS", ""), "unknown-shape", "node types"),
        (BOOK.node_dbu("ibm", "i3.xlarge"), "unknown-cloud", "cloud"),
        (BOOK.dbu_usd("", "PREMIUM", "JOBS_COMPUTE"), "unknown-cloud", "cloud"),
        (BOOK.dbu_usd("AWS", "PREMIUM", ""), "unknown-product", "which product"),
        (BOOK.dbu_usd("AWS", "PREMIUM", "TEA_COMPUTE"), "unknown-product", "TEA_COMPUTE"),
        (BOOK.dbu_usd("AZURE", "ENTERPRISE", "JOBS_COMPUTE"), "unknown-dbu-price", "AZURE ENTERPRISE JOBS_COMPUTE"),
        (BOOK.vm_usd("AWS", "z9.mega", "SPOT"), "unknown-vm-price", "z9.mega"),
        (BOOK.vm_usd("AWS", "z9.mega", ""), "unknown-vm-price", "z9.mega"),
        (BOOK.vm_usd("", "i3.xlarge", "SPOT"), "unknown-cloud", "cloud"),
        (BOOK.entry("dbu-aws-z9.mega"), "unknown-price-entry", "dbu-aws-z9.mega"),
    ],
)
def test_what_is_not_known_has_a_reason_that_names_it(price: Unpriced, why: str, named: str) -> None:
    assert reason(price) == why
    assert named in price.reason.sentence


def test_entry_and_provenance_lead_to_date_and_source() -> None:
    price = BOOK.node_dbu("AWS", "i3.xlarge")
    assert isinstance(price, Price)
    (entry,) = BOOK.provenance(price)
    assert entry == BOOK.entry("dbu-aws-i3.xlarge")
    assert entry.as_of == "2026-04"
    assert [BOOK.sources[name].as_of for name in entry.source] == ["2026-04", "2024-07"]


def test_the_newest_entry_of_a_key_counts_and_the_older_stays_found() -> None:
    def rate(number: str, as_of: str) -> PriceEntry:
        name = f"dbu-aws-x-{as_of}"
        return PriceEntry(name, PriceKind.NODE_DBU, "AWS/x", Range.of(number), "dbu/hour", as_of, ("s",))

    book = PriceBook.of(PriceTable((rate("2", "2027-01-15"), rate("1", "2026-04")), {}))
    assert priced(book.node_dbu("AWS", "x")) == Range.of(2)
    old = book.entry("dbu-aws-x-2026-04")
    assert isinstance(old, PriceEntry)
    assert old.value == Range.of(1)


@pytest.mark.parametrize(
    ("name", "cloud", "first"),
    [
        ("i3.xlrage", "", "AWS/i3.xlarge"),
        ("DS3_v2", "", "AZURE/Standard_DS3_v2"),
        ("n2-highmen-4", "gcp", "GCP/n2-highmem-4"),
    ],
)
def test_near_node_types(name: str, cloud: str, first: str) -> None:
    assert BOOK.near_node_types(name, cloud)[0] == first


def test_nothing_is_near_to_noise() -> None:
    assert BOOK.near_node_types("?" * 100_000) == ()


@given(st.sampled_from(NODES), st.sampled_from(["ON_DEMAND", "SPOT", ""]), st.sampled_from(["photon", "comet"]))
def test_every_price_has_low_below_high_and_known_entries(node: list[str], availability: str, engine: str) -> None:
    cloud, node_type = node
    prices: list[Price | Unpriced] = [BOOK.node_dbu(cloud, node_type), BOOK.vm_usd(cloud, node_type, availability)]
    prices += [BOOK.dbu_usd(cloud, tier, product) for tier in ("", *TIERS) for product in PRODUCTS]
    prices += [BOOK.premium_multiplier(engine, cloud, product) for product in PRODUCTS]
    for price in prices:
        if isinstance(price, Price):
            assert 0 < price.value.low <= price.value.high
            for entry in BOOK.provenance(price):
                assert all(BOOK.sources[name].as_of for name in entry.source)


@given(st.text(max_size=20), st.text(max_size=20), st.text(max_size=20), st.text(max_size=20))
def test_any_words_get_an_answer(cloud: str, node: str, tier: str, product: str) -> None:
    for one in (cloud, "AWS"):
        answers = (
            BOOK.node_dbu(one, node),
            BOOK.vm_usd(one, node, tier),
            BOOK.dbu_usd(one, tier, product),
            BOOK.premium_multiplier(node, one, product),
        )
        assert all(isinstance(answer, Price | Unpriced) for answer in answers)


@given(st.integers(0, 10**9), st.integers(0, 12))
def test_exact_text_reads_back(digits: int, places: int) -> None:
    number = exact(digits) / 10**places
    text = exact_text(number)
    assert exact(text) == number
    assert "/" not in text


def test_exact_text_of_a_number_without_finite_decimals() -> None:
    assert exact_text(exact(1) / 3) == "1/3"
    assert exact_text(-exact("0.05")) == "-0.05"


@given(
    st.sampled_from(CLOUDS),
    st.sampled_from(["PREMIUM", "ENTERPRISE"]),
    st.sampled_from(PREMIUM_PRODUCTS),
    st.integers(0, 99),
)
def test_a_discount_takes_its_share_off_the_list_price(cloud: str, tier: str, product: str, percent: int) -> None:
    book = BOOK.with_overrides(parse_overrides({"discount": {product: f"{percent / 100:.2f}"}}, "test"))
    before, after = BOOK.dbu_usd(cloud, tier, product), book.dbu_usd(cloud, tier, product)
    if isinstance(before, Price):
        assert priced(after) == before.value * (1 - exact(percent) / 100)
    else:
        assert after == before

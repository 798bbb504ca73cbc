"""A figure is what its record says: every formula recomputed from inputs, corners against samples, damaged records."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from itertools import product
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from money_world import SIXTEEN_WORKERS, PlainPrices, fractions, text_range

from clusop.analysis.cluster import Uptime
from clusop.analysis.economics import (
    FORMULA_IDS,
    CertifiedGain,
    EngineWindow,
    NodeHours,
    break_even_speedup,
    cluster_rates,
    cost_figure,
    disable_saving,
    exposure,
    fix_saving,
    missing_parts,
    per_30_days,
    recompute,
    upgrade_saving,
)
from clusop.analysis.economics.exact_text import number_text, parse_range, range_text
from clusop.errors import InputError
from clusop.units import Range

if TYPE_CHECKING:
    from clusop.analysis.figure import Figure

positive = fractions(0, 9, 60).map(lambda number: number + Fraction(1, 60))
ratios = fractions(0, 1, 40)


def between(low: Fraction, high: Fraction) -> Range:
    return Range(min(low, high), max(low, high))


ranges = st.builds(between, positive, positive)
few_ranges = positive.map(Range.of) | ranges  # keeps the corners few
above_one = st.builds(lambda a, b: between(1 + a, 1 + b), positive, positive)
shares = st.builds(between, ratios, ratios)
node_hours = st.builds(NodeHours, positive, positive, positive)
uptimes = st.sampled_from(list(Uptime))


@st.composite
def rates_of_anything(draw):
    prices = PlainPrices(
        node_dbu_per_hour={"driver": draw(few_ranges), "worker": draw(few_ranges)},
        usd_per_dbu={("", "JOBS_COMPUTE"): draw(few_ranges)},
        vm_usd_per_hour={
            ("driver", "ON_DEMAND"): draw(few_ranges),
            ("worker", "ON_DEMAND"): draw(few_ranges),
            ("worker", "SPOT"): draw(few_ranges),
        },
        multipliers={"JOBS_COMPUTE": draw(above_one)},
    )
    cluster = replace(
        SIXTEEN_WORKERS,
        tier="",
        driver_node_type=draw(st.sampled_from(["driver", "worker"])),
        worker_node_type="worker",
        availability="SPOT_WITH_FALLBACK",
    )
    return cluster_rates(cluster, prices, "photon")


def record(figure: Figure) -> dict[str, object]:
    """What a figure is after it went over the wire."""
    return json.loads(json.dumps(figure.to_json()))


@settings(max_examples=60, deadline=None)
@given(rates_of_anything(), node_hours, shares, above_one, uptimes)
def test_every_figure_is_recomputed_exactly_from_its_record(rates, hours, share, gain, uptime):
    window = EngineWindow(hours + hours, hours, share, uptime)
    figures = [
        cost_figure("attributed-1", rates, hours),
        cost_figure("total-1", rates, hours),
        cost_figure("unused-1", rates, hours),
        exposure(rates, hours, share),
        fix_saving(rates, hours, share, uptime, gain),
        upgrade_saving(rates, hours, share, uptime, CertifiedGain("16.4", gain, "run 7")),
        disable_saving(rates, window, gain),
    ]
    figures.append(per_30_days(figures[0], Fraction(10_000)))
    for figure in figures:
        assert recompute(record(figure)) == figure.usd
        assert figure.usd.low <= figure.usd.high
    attributed, saved = figures[0].usd, figures[4].usd
    assert 0 <= saved.low <= attributed.low
    assert saved.high <= attributed.high
    parts = [text_range(figures[0].inputs[name]) for name in ("dbu_usd", "vm_usd")]
    assert parts[0] + parts[1] == attributed


windows = st.builds(
    lambda idle, busy, share, uptime: EngineWindow(idle + busy, busy, share, uptime),
    node_hours,
    node_hours,
    shares,
    uptimes,
)


@settings(max_examples=25, deadline=None)
@given(rates_of_anything(), windows, above_one, st.data())
def test_no_sample_inside_the_box_lies_outside_the_corners(rates, window, speedup, data):
    figure = disable_saving(rates, window, speedup)
    names = [name for name, text in figure.inputs.items() if ".." in text and name != "break_even_speedup"]
    assert any(sampled(figure, names, corner) == figure.usd.low for corner in product((0, 1), repeat=len(names)))
    for _ in range(12):
        point = [data.draw(ratios) for _ in names]
        value = sampled(figure, names, point)
        assert figure.usd.low <= value <= figure.usd.high


def sampled(figure, names, point):
    """The saving at one point of the box, worked from the issue's formula and from none of our code."""
    at = {name: text_range(text) for name, text in figure.inputs.items() if text[0].isdigit()}
    x = {name: value.low for name, value in at.items()}
    for name, where in zip(names, point, strict=True):
        x[name] = at[name].low + (at[name].high - at[name].low) * where
    x.setdefault("worker_dbu_per_hour", x["driver_dbu_per_hour"])
    x.setdefault("on_demand_worker_vm_usd_per_hour", x["driver_vm_usd_per_hour"])

    def dollars(part):
        workers = x[f"{part}_on_demand_worker_node_hours"] + x[f"{part}_spot_worker_node_hours"]
        dbu = x[f"{part}_driver_node_hours"] * x["driver_dbu_per_hour"] + workers * x["worker_dbu_per_hour"]
        vm = x[f"{part}_driver_node_hours"] * x["driver_vm_usd_per_hour"]
        vm += x[f"{part}_on_demand_worker_node_hours"] * x["on_demand_worker_vm_usd_per_hour"]
        vm += x[f"{part}_spot_worker_node_hours"] * x["spot_worker_vm_usd_per_hour"]
        return dbu * x["usd_per_dbu"], vm

    (dbu, vm), (busy_dbu, busy_vm) = dollars("total"), dollars("busy")
    k = x["J"] + (1 - x["J"]) * x["s"]
    before = x["m"] * dbu + vm
    elastic = before - ((dbu - busy_dbu) + (vm - busy_vm) + k * (busy_dbu + busy_vm))
    up, busy_up = x["total_driver_node_hours"], x["busy_driver_node_hours"]
    fixed = before - (dbu + vm) * max(up, busy_up * k) / up
    uptime = figure.inputs["uptime"]
    return {"elastic": elastic, "fixed": fixed, "unknown": min(elastic, fixed)}[uptime]


@settings(max_examples=40, deadline=None)
@given(rates_of_anything(), node_hours, st.data())
def test_the_break_even_covers_every_sample(rates, hours, data):
    found = break_even_speedup(rates, hours)
    dbu = text_range(cost_figure("total-1", replace(rates, multiplier=one(rates)), hours).inputs["dbu_usd"])
    vm = text_range(cost_figure("total-1", rates, hours).inputs["vm_usd"])
    m = rates.premium.value
    d, v, factor = (end.low + (end.high - end.low) * data.draw(ratios) for end in (dbu, vm, m))
    assert found.low <= (factor * d + v) / (d + v) <= found.high


def one(rates):
    return replace(rates.multiplier, value=Range.of(1))


def test_the_same_tier_stands_on_both_sides_of_a_saving():
    rates = cluster_rates(replace(SIXTEEN_WORKERS, tier=""), PlainPrices(), "photon")
    hours = NodeHours(Fraction(1), Fraction(16), Fraction(0))
    saving = disable_saving(rates, EngineWindow(hours, hours, Range.of(1), Uptime.ELASTIC), Range.of(2))
    # J = 1: nothing gets slower, the premium ends: 1.9 × 17 × 0.15 … 0.20. Were the two sides' tiers independent, the low
    # end would fall to 2.9 × 2.55 − 3.40.
    assert saving.usd == Range.of("4.845", "6.46")


def test_a_bill_without_one_of_its_parts_is_no_figure():
    hours = NodeHours(Fraction(1), Fraction(16), Fraction(0))

    def attributed(cluster, **gaps):
        return cost_figure("attributed-1", cluster_rates(cluster, PlainPrices(**gaps), "photon"), hours)

    assert attributed(SIXTEEN_WORKERS, vm_usd_per_hour={}).reason.id == "unknown-vm-price"
    assert attributed(SIXTEEN_WORKERS, node_dbu_per_hour={}).reason.id == "unknown-node-type"
    assert attributed(SIXTEEN_WORKERS, node_dbu_per_hour={}, vm_usd_per_hour={}).reason.id == "unknown-node-type"
    elsewhere = attributed(replace(SIXTEEN_WORKERS, is_databricks=False))
    assert elsewhere.usd == Range.of("5.304")  # 17 machines at $0.312, and no DBU to pay
    assert missing_parts(elsewhere) == (("dbu", "not-databricks"),)
    assert recompute(record(elsewhere)) == elsewhere.usd


def test_a_figure_names_the_price_entries_it_used_and_no_other():
    hours = NodeHours(Fraction(1), Fraction(0), Fraction(0))
    rates = cluster_rates(SIXTEEN_WORKERS, PlainPrices(), "photon")
    assert exposure(rates, hours, Range.of(1)).price_ids == (
        "usd-AWS-PREMIUM-JOBS_COMPUTE",
        "m-AWS-JOBS_COMPUTE",
        "dbu-AWS-i3.xlarge",
    )
    assert "vm-AWS-i3.xlarge-ON_DEMAND" in cost_figure("attributed-1", rates, hours).price_ids


@pytest.mark.parametrize("missing", ["m", "usd_per_dbu", "driver_node_hours", "driver_vm_usd_per_hour", "J", "g"])
def test_a_record_with_a_missing_input_is_refused(missing):
    rates = cluster_rates(SIXTEEN_WORKERS, PlainPrices(), "photon")
    figure = record(fix_saving(rates, NodeHours(Fraction(1), Fraction(16), Fraction(0)), Range.of(1), Uptime.ELASTIC))
    del figure["inputs"][missing]
    with pytest.raises(InputError, match=missing):
        recompute(figure)


@pytest.mark.parametrize(
    "text", ["", "1e3", "nan", "0.1..", "2..1", "1/0", "٣", "0x1", "1" * 5000, " 1", "=ghost", "=m"]
)
def test_a_record_with_a_damaged_input_is_refused(text):
    with pytest.raises(InputError):
        recompute({"formula": "exposure-1", "inputs": {"m": text, "J": "1"}})


@pytest.mark.parametrize(
    "figure", [{}, {"formula": "exposure-1"}, {"formula": 3, "inputs": {}}, {"formula": "x", "inputs": {}}]
)
def test_what_is_no_record_is_refused(figure):
    with pytest.raises(InputError):
        recompute(figure)


def test_a_gain_of_zero_is_refused_and_one_below_one_saves_nothing():
    rates = cluster_rates(SIXTEEN_WORKERS, PlainPrices(), "photon")
    hours = NodeHours(Fraction(1), Fraction(16), Fraction(0))
    with pytest.raises(InputError):
        fix_saving(rates, hours, Range.of(1), Uptime.ELASTIC, Range.of(0, 2))
    assert fix_saving(rates, hours, Range.of(1), Uptime.ELASTIC, Range.of("0.5", 1)).usd == Range.of(0)


@given(st.fractions())
def test_numbers_survive_as_text(number):
    assert parse_range("n", number_text(number)) == Range.of(number)


def test_money_is_written_as_people_write_it():
    assert [number_text(Fraction(text)) for text in ("0.55", "-1/8", "2/3", "7", "1/1000000")] == [
        "0.55",
        "-0.125",
        "2/3",
        "7",
        "0.000001",
    ]
    assert range_text(Range.of("0.55", "0.65")) == "0.55..0.65"


def test_every_formula_has_a_section_in_the_documentation(pytestconfig):
    page = (pytestconfig.rootpath / "docs" / "formulas.md").read_text(encoding="utf-8")
    headings = {line.split()[1].strip("`") for line in page.splitlines() if line.startswith("### ")}
    assert headings == set(FORMULA_IDS)


@pytest.mark.parametrize(
    ("formula", "inputs", "usd"),
    [
        ("derived-exposure-1", {"usd": "0.174", "m": "2.9"}, Range.of(Fraction("0.114"))),
        ("derived-exposure-1", {"usd": "-0.174", "m": "2.9"}, Range.of(0)),
        ("derived-exposure-1", {"usd": "0.174", "m": "0.5"}, Range.of(0)),
        ("derived-exposure-1", {"usd": "3", "m": "2..3"}, Range(Fraction("1.5"), Fraction(2))),
        ("per-30-days-1", {"usd_per_run": "0.0038", "runs_per_day": "10000", "days": "30"}, Range.of(1140)),
        (
            "per-30-days-1",
            {"usd_per_run": "0.038", "runs_per_day": "0.2..1.5", "days": "30"},
            Range(Fraction("0.228"), Fraction("1.71")),
        ),
    ],
)
def test_the_worked_examples_of_the_services_formulas(formula, inputs, usd):
    assert recompute({"formula": formula, "inputs": inputs}) == usd

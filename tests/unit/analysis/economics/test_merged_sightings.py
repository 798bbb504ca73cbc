"""Several sightings of one problem: the record of their sum can be recomputed, and saves no more than it cost."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from money_world import SINGLE, PlainPrices

from clusop.analysis.cluster import Cluster, Uptime
from clusop.analysis.economics import Merged, NodeHours, WorkHours, cluster_rates, query_cost, recompute
from clusop.analysis.figure import ModeledFigure
from clusop.pricing.price import Unpriced
from clusop.reasons import Reason
from clusop.units import Range

if TYPE_CHECKING:
    from clusop.analysis.assessment import QueryCost

_MIXED = replace(SINGLE, is_single_node=False, availability="SPOT", tier="")
_CUT = Fraction(1, 10**9)
"""Far above what cutting to whole 10⁻¹² hours costs a few sightings, far below a micro-dollar."""


def _cost(
    hours: NodeHours,
    share: Range | Unpriced,
    cluster: Cluster = _MIXED,
    uptime: Uptime = Uptime.ELASTIC,
    *,
    is_failed: bool = False,
) -> QueryCost:
    rates = cluster_rates(cluster, PlainPrices(), "photon")
    return query_cost(WorkHours(hours, NodeHours(*[Fraction(0)] * 3)), rates, share, uptime, is_failed=is_failed)


def _hours(driver: Fraction | int, spot: Fraction | int = 0) -> NodeHours:
    return NodeHours(Fraction(driver), Fraction(0), Fraction(spot))


def _merged(*costs: QueryCost) -> QueryCost:
    merged = Merged()
    assert all(merged.add(cost) for cost in costs)
    cost = merged.cost()
    assert cost is not None
    return cost


def _figure(figure: object) -> ModeledFigure:
    assert isinstance(figure, ModeledFigure)
    return figure


def test_the_hours_are_summed_as_ranges_and_j_is_one() -> None:
    merged = _merged(_cost(_hours(2), Range.of("0.25", "0.5")), _cost(_hours(1, 3), Range.of("0.4")))

    inputs = _figure(merged.exposure).inputs
    assert inputs["driver_node_hours"] == "0.9..1.4"
    assert inputs["spot_worker_node_hours"] == "1.2"
    assert (inputs["J"], inputs["sightings"]) == ("1", "2")
    assert _figure(merged.attributed).inputs["driver_node_hours"] == "3"


def test_one_sighting_alone_keeps_its_own_figures() -> None:
    cost = _cost(_hours(Fraction(1, 7)), Range.of("0.3"))

    assert _merged(cost) == cost


def test_other_prices_are_no_sum() -> None:
    merged = Merged()
    assert merged.add(_cost(_hours(1), Range.of("0.5")))

    assert not merged.add(_cost(_hours(1), Range.of("0.5"), replace(_MIXED, tier="PREMIUM")))
    assert not merged.add(_cost(_hours(1), Range.of("0.5"), uptime=Uptime.UNKNOWN))
    assert merged.sightings == 1


def test_a_price_that_one_sighting_did_not_need_comes_from_the_other() -> None:
    merged = _merged(_cost(_hours(1), Range.of("0.5")), _cost(_hours(1, 4), Range.of("0.5")))

    assert "spot_worker_vm_usd_per_hour" in _figure(merged.attributed).inputs


def test_a_sighting_without_a_figure_is_left_out_of_it_and_out_of_its_count() -> None:
    merged = _merged(
        _cost(_hours(1), Range.of("0.5"), is_failed=True),
        _cost(_hours(2), Range.of("0.5")),
        _cost(_hours(4), Range.of(1)),
    )

    assert _figure(merged.attributed).inputs["sightings"] == "3"
    assert _figure(merged.exposure).inputs["sightings"] == "2"
    assert _figure(merged.exposure).inputs["driver_node_hours"] == "5"


def test_the_first_gap_stands_where_nothing_has_a_price() -> None:
    gap = Unpriced(Reason("no-island"))
    merged = _merged(_cost(_hours(1), gap), _cost(_hours(2), gap))

    assert (merged.exposure, merged.avoidable) == (gap, gap)


def test_what_could_not_be_attributed_is_not_avoidable() -> None:
    priced = _cost(_hours(1), Range.of("0.5"))
    odd = replace(priced, attributed=Unpriced(Reason("unknown-vm-price", "x")))

    assert _figure(_merged(odd, priced, priced).avoidable).inputs["sightings"] == "2"


def test_many_sightings_leave_a_small_record() -> None:
    merged = Merged()
    for number in range(1, 501):
        merged.add(_cost(_hours(Fraction(number, number + 7)), Range.of(Fraction(number, 3 * number + 1))))

    cost = merged.cost()
    assert cost is not None
    assert sum(len(text) for text in _figure(cost.avoidable).inputs.values()) < 400


_SHARES = st.tuples(st.fractions(0, 1), st.fractions(0, 1)).map(lambda ends: Range(min(ends), max(ends)))
_SIGHTINGS = st.lists(
    st.tuples(st.fractions(0, 100), st.fractions(0, 100), _SHARES, st.booleans()), min_size=2, max_size=6
)


@given(_SIGHTINGS)
def test_the_sum_is_recomputed_from_its_record_and_never_saves_more_than_it_cost(
    seen: list[tuple[Fraction, Fraction, Range, bool]],
) -> None:
    costs = [_cost(_hours(driver, spot), share, is_failed=failed) for driver, spot, share, failed in seen]
    merged = _merged(*costs)

    for name in ("attributed", "exposure", "avoidable"):
        figure = getattr(merged, name)
        parts = [part.usd for part in (getattr(cost, name) for cost in costs) if not isinstance(part, Unpriced)]
        if isinstance(figure, Unpriced):
            assert not parts
            continue
        assert recompute(figure.to_json()) == figure.usd
        assert figure.usd.low >= 0
        exact = sum(parts, Range.of(0))
        assert exact.low - _CUT <= figure.usd.low <= exact.low
        assert exact.high - _CUT <= figure.usd.high <= exact.high
    if not isinstance(merged.avoidable, Unpriced):
        assert merged.avoidable.usd.low <= _figure(merged.attributed).usd.low
        assert merged.avoidable.usd.high <= _figure(merged.attributed).usd.high


@pytest.mark.parametrize("hours", ["1..2", "2"])
def test_hours_may_be_a_range_in_a_record(hours: str) -> None:
    record = {
        "formula": "exposure-1",
        "inputs": {
            "driver_node_hours": hours,
            "on_demand_worker_node_hours": "0",
            "spot_worker_node_hours": "0",
            "driver_dbu_per_hour": "1",
            "usd_per_dbu": "0.15..0.2",
            "m": "2.9",
            "J": "1",
            "sightings": "7",
        },
    }

    assert recompute(record) == Range.of("0.285" if hours == "1..2" else "0.57", "0.76")

"""From slot time to node-hours: exact where the number of workers stood still, bounded where it moved."""

from __future__ import annotations

from fractions import Fraction

import pytest
from decision_samples import HOUR_MS, NOW_MS, shape
from hypothesis import given
from hypothesis import strategies as st

from clusop.analysis.economics import NodeHours
from clusop.service.decisions.agent_use import AgentUse, HourUse, shape_in
from clusop.service.decisions.node_time import node_time

START_MS = NOW_MS - 100 * HOUR_MS


def agent(hours, **shaped) -> AgentUse:
    told = shape_in(shape(is_single_node=False, **shaped))
    return AgentUse(
        agent_id=1,
        engine="photon",
        shape=told,
        is_final=True,
        started_at_ms=START_MS,
        armed_since_at_ms=START_MS,
        last_arrived_at_ms=NOW_MS,
        hours=tuple(hours),
    )


def used(at: int, slot_ms: int, busy_ms: int = 0, node: str = "i3.xlarge") -> HourUse:
    return HourUse(START_MS + at * HOUR_MS, {node: slot_ms}, busy_ms, 0, 0, 0, 0)


def hours(driver, on_demand=0, spot=0) -> NodeHours:
    return NodeHours(Fraction(driver), Fraction(on_demand), Fraction(spot))


def test_workers_that_stand_still_are_exact():
    found = node_time(agent([used(0, 16 * HOUR_MS // 2, 4 * HOUR_MS)], workers=[4, 4], slots=[16, 16]))
    assert found.total == hours("0.5", 2)
    assert found.busy == hours("0.25", 1)
    assert not found.is_estimated


def test_spot_workers_behind_those_on_demand():
    shaped = {"availability": "SPOT_WITH_FALLBACK", "first_on_demand": 2}
    found = node_time(agent([used(0, 16 * HOUR_MS)], workers=[4, 4], slots=[16, 16], **shaped))
    assert found.total == hours(1, 1, 3)


def test_the_driver_was_there_through_all_hours_between_the_first_and_the_last():
    # 2 to 8 workers of 4 slots; every hour has 4 worker-hours
    found = node_time(agent([used(at, 16 * HOUR_MS) for at in range(4)], workers=[2, 8], slots=[8, 32]))
    # the first hour began at the agent's start, the last counts 16 ÷ 32 of an hour at least
    assert found.total == hours("3.5", 16)
    assert found.is_estimated


def test_a_fraction_of_a_worker_is_split_between_on_demand_and_spot():
    shaped = {"availability": "SPOT_WITH_FALLBACK", "first_on_demand": 3}
    # 1.5 workers for an hour between two others: both may be on demand
    found = node_time(agent([used(at, 6 * HOUR_MS) for at in range(3)], workers=[1, 4], slots=[4, 16], **shaped))
    assert found.total.workers == Fraction(9, 2)
    # the last hour counts 3/8 of an hour with 4 workers: two on demand, two on spot
    assert found.total == hours("2.375", "3.75", "0.75")


def test_slots_of_another_node_type_are_not_weighed():
    found = node_time(agent([used(0, 16 * HOUR_MS, node="m5d.large")], workers=[4, 4], slots=[16, 16]))
    assert [found.total, found.unseen_hours] == [hours(0), 1]


def test_tasks_without_slots_are_not_weighed():
    found = node_time(agent([used(0, 0, 16 * HOUR_MS)], workers=[4, 4], slots=[16, 16]))
    assert [found.total, found.busy, found.unseen_hours] == [hours(0), hours(0), 1]


@pytest.mark.parametrize("slots", [None, [0, 0]])
def test_without_slots_in_the_shape_nothing_is_known(slots):
    assert node_time(agent([used(0, HOUR_MS)], workers=[4, 4], slots=slots)) is None


@given(
    st.integers(1, 8),
    st.integers(0, 8),
    st.lists(st.tuples(st.integers(0, 400), st.integers(0, 800)), min_size=1, max_size=5),
    st.sampled_from([None, 1, 3, 20]),
)
def test_worker_hours_are_exact_and_busy_is_never_more_than_there_was(fewest, more, told, first_on_demand):
    most = fewest + more
    shaped = {"availability": "SPOT", "first_on_demand": first_on_demand}
    parts = [used(at, min(slot, 36 * most) * 400_000, busy * 100_000) for at, (slot, busy) in enumerate(told)]
    found = node_time(agent(parts, workers=[fewest, most], slots=[4 * fewest, 4 * most], **shaped))
    slot_ms = sum(part.slot_ms for part in parts)
    assert abs(found.total.workers - Fraction(slot_ms, 4 * HOUR_MS)) < Fraction(1, 10**9)
    assert Fraction(slot_ms, 4 * most * HOUR_MS) - Fraction(1, 10**9) < found.total.driver <= len(parts)
    for one in ("driver", "on_demand_workers", "spot_workers"):
        assert 0 <= getattr(found.busy, one) <= getattr(found.total, one)

"""An hour that was up and billed, and had slots for a few minutes: those minutes do not take the whole hour's bill."""

from __future__ import annotations

from fractions import Fraction

import pytest
from bill_samples import DAY_MS, HOUR_MS, JOBS_PHOTON, SLOTS, H, bill, shape

HOUR = (H // 24 - 4) * 24
LATER_MS = HOUR * HOUR_MS + 4 * DAY_MS
MINUTE = SLOTS * 60_000
FROM_NONE = shape(workers=[0, 4], slots=[0, SLOTS])


def one_minute(resolving, quantity, told_shape, **hour):
    """Nothing but a problem's minute on all slots in an hour that an agent saw as a whole; its premium is $0.02 as modeled."""
    ground = resolving.ground
    resolving.fake.price(JOBS_PHOTON, "0.15")
    agent, problem = ground.agent(told_shape=told_shape), ground.problem()
    ground.hour(agent, HOUR, **{"slot_ms": MINUTE, "busy_ms": MINUTE, **hour})
    ground.hour(agent, HOUR + 1)
    span = (HOUR * HOUR_MS, HOUR * HOUR_MS + 60_000)
    ground.signal(agent, problem, span, (1.0, MINUTE), exposure=(20_000, 20_000))
    bill(resolving.fake, HOUR, quantity)
    resolving.run(LATER_MS, days=7)
    (row,) = ground.bills()
    lines = ground.lines(row.id)
    assert sum(line.microusd for line in lines.values()) == row.microusd
    assert sum(Fraction(line.dbu) for line in lines.values()) == Fraction(row.dbu)
    return problem, lines


def test_of_a_cluster_that_grows_from_none_the_driver_alone_is_unused(resolving) -> None:
    """One driver for an hour and four workers for a minute are billed as 64 node-minutes; for five of them slots were there."""
    problem, lines = one_minute(resolving, "3.1", FROM_NONE)
    assert {key: line.microusd for key, line in lines.items()} == {
        ("attributed", problem): round(465_000 * Fraction(5, 64)),
        ("unused", None): round(465_000 * Fraction(59, 64)),
    }
    # The premium by the bill is near what was modeled, and not thirteen times as much.
    ((low, high),) = resolving.ground.days().values()
    assert 20_000 < low == high < 25_000


@pytest.mark.parametrize(
    ("told_shape", "hour", "expected"),
    [
        (shape(), {}, Fraction(1, 60)),
        (FROM_NONE, {"slot_ms": 0, "busy_ms": 5000}, Fraction(5 + 4 * 5, 16 * 3600 + 4 * 5)),
        ({}, {"slot_ms": 0, "busy_ms": 5000}, Fraction(5, 3600)),
    ],
)
def test_of_work_without_slots_and_of_unknown_shapes_it_is_no_more(resolving, told_shape, hour, expected) -> None:
    problem, lines = one_minute(resolving, "14.5", told_shape or {"cloud": "?"}, **hour)
    assert lines["attributed", problem].microusd == round(2_175_000 * expected)
    assert set(lines) == {("attributed", problem), ("unused", None)}


def test_in_its_last_hour_a_driver_without_slots_was_there_as_long_as_it_told(resolving) -> None:
    """A state of minute 30 is the last that is heard of it; the bill has the whole hour, and none after."""
    ground = resolving.ground
    resolving.fake.price(JOBS_PHOTON, "0.15")
    agent = ground.agent(told_shape=shape(), last_told_at_ms=HOUR * HOUR_MS + HOUR_MS // 2)
    ground.hour(agent, HOUR, slot_ms=6 * MINUTE, busy_ms=6 * MINUTE)
    bill(resolving.fake, HOUR, "14.5")
    resolving.run(LATER_MS, days=7)
    (row,) = ground.bills()
    assert {kind: line.dbu for (kind, _), line in ground.lines(row.id).items()} == {
        "attributed-other": "2.9",
        "unused": "11.6",
    }

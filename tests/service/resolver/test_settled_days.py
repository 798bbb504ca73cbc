"""A settled day with the same inputs is left alone; any change of them is seen."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from bill_samples import DAY_MS, HOUR_MS, JOBS_PHOTON, SLOTS, H, bill, shape
from sqlalchemy import select

from clusop.pricing.override_file import parse_overrides
from clusop.service.store.tables.agents import agents, usage_hours
from clusop.service.store.tables.money import learned_rates

DAY = (H // 24 - 4) * 24


@pytest.fixture
def settled(resolving):
    resolving.fake.price(JOBS_PHOTON, "0.15")
    agent, problem = resolving.ground.agent(), resolving.ground.problem()
    for hour in range(DAY, DAY + 3):
        resolving.ground.hour(agent, hour, busy_ms=SLOTS * HOUR_MS // 2)
        bill(resolving.fake, hour, "14.5")
    resolving.agent, resolving.problem = agent, problem
    # The second run knows the rates that the first one learned.
    for _ in range(2):
        resolving.run(days=7)
    return resolving


def again(settled):
    return settled.run(days=7)


def test_nothing_changed_is_nothing_done_and_all_is_counted(settled) -> None:
    before = settled.ground.bills(is_current=False)
    found = again(settled)
    assert (found.hours, found.written.new, found.written.corrected) == (3, 0, 0)
    assert settled.ground.bills(is_current=False) == before
    with settled.ground.database.reading() as connection:
        (row,) = connection.execute(select(learned_rates)).all()
    assert (row.low_dbu, row.node_hours_milli) == ("2.9", 15_000)


def test_other_multipliers_are_seen(settled) -> None:
    """A narrower multiplier is another premium in the same bill, also of days that settled long ago."""
    span = (DAY * HOUR_MS, (DAY + 1) * HOUR_MS)
    settled.ground.signal(settled.agent, settled.problem, span, (0.5, HOUR_MS), exposure=(100, 100))
    again(settled)
    again(settled)
    before = settled.ground.days()
    assert before
    told = parse_overrides({"multiplier": {"AWS/JOBS_COMPUTE": "1.5"}}, "test")
    settled.settings = replace(settled.settings, book=settled.settings.book.with_overrides(told))
    again(settled)
    assert settled.ground.days() != before


def test_a_late_row_is_seen(settled) -> None:
    bill(settled.fake, DAY, "1")
    assert again(settled).written.corrected == 1


def test_a_late_signal_is_seen(settled) -> None:
    span = (DAY * HOUR_MS, (DAY + 1) * HOUR_MS)
    settled.ground.signal(settled.agent, settled.problem, span, (0.5, HOUR_MS))
    assert again(settled).written.corrected == 1


def test_a_late_hour_of_an_agent_is_seen(settled) -> None:
    with settled.ground.database.writing() as connection:
        connection.execute(
            usage_hours.update().where(usage_hours.c.hour_at_ms == DAY * HOUR_MS).values(busy_ms=0, revision=2)
        )
    assert again(settled).written.corrected == 1


def test_what_becomes_known_of_an_agent_is_seen(settled) -> None:
    with settled.ground.database.writing() as connection:
        connection.execute(agents.update().values(shape=json.dumps(shape(workers=[3, 3]))))
    assert again(settled).written.relabeled > 0


def test_another_price_is_seen(settled) -> None:
    settled.fake.price(JOBS_PHOTON, "0.10", table="account")
    assert again(settled).written.corrected == 3


def test_the_last_hour_of_a_day_settles_though_nothing_else_has_changed(resolving) -> None:
    resolving.fake.price(JOBS_PHOTON, "0.15")
    resolving.ground.hour(resolving.ground.agent(), DAY + 23)
    bill(resolving.fake, DAY + 23, "14.5")
    settled_ms = (DAY + 24) * HOUR_MS + 2 * DAY_MS
    resolving.run(settled_ms - HOUR_MS, days=7)
    assert [row.is_provisional for row in resolving.ground.bills()] == [True]
    assert resolving.run(settled_ms, days=7).written.relabeled == 1
    assert [row.is_provisional for row in resolving.ground.bills()] == [False]

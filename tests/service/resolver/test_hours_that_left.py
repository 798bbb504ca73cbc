"""Rows that leave the bill: the hour says so, its dollars and what it replaced go with it, and its history stays."""

from __future__ import annotations

import pytest
from bill_samples import CLUSTER, DAY_MS, HOUR_MS, JOBS_PHOTON, SLOTS, H, bill
from sqlalchemy import delete

from clusop.service.store.tables.agents import agents

HOUR = (H // 24 - 4) * 24 + 3
LATER_MS = HOUR * HOUR_MS + 4 * DAY_MS
ROW_OF_HOUR = "DELETE FROM dbx_system.billing.usage WHERE hour(usage_start_time) = ?"


@pytest.fixture
def billed(resolving):
    """Two hours of a problem on the bill, settled, with their premium by the bill."""
    ground = resolving.ground
    resolving.fake.price(JOBS_PHOTON, "0.15")
    resolving.agent, resolving.problem = ground.agent(), ground.problem()
    for hour in (HOUR, HOUR + 1):
        ground.hour(resolving.agent, hour, busy_ms=SLOTS * HOUR_MS)
        span = (hour * HOUR_MS, hour * HOUR_MS + HOUR_MS - 1)
        ground.signal(resolving.agent, resolving.problem, span, (0.5, SLOTS * HOUR_MS), exposure=(500, 500))
        bill(resolving.fake, hour, "14.5")
    for _ in range(2):
        run(resolving)
    return resolving


def run(resolving):
    return resolving.run(LATER_MS, days=7)


def leave(resolving, hour=HOUR) -> None:
    resolving.fake.sql.direct(ROW_OF_HOUR, [hour % 24])


def test_it_gets_a_version_without_dollars_and_modeled_counts_again(billed) -> None:
    before_days, before = billed.ground.replaced(), billed.ground.bills()
    leave(billed)
    found = run(billed)
    assert (found.is_done, found.hours, found.left, found.written.corrected) == (True, 1, 1, 1)
    assert (found.counts["left_the_bill"], found.unmatched) == (1, {})
    left, other = billed.ground.bills()
    assert (left.dbu, left.microusd, left.basis, left.unpriced_reason, left.version) == (
        "0",
        None,
        "",
        "left-the-bill",
        2,
    )
    assert [(line.kind, line.dbu, line.microusd) for line in billed.ground.lines(left.id).values()] == [
        ("unobserved", "0", None)
    ]
    assert other == before[1]
    history = [row for row in billed.ground.bills(is_current=False) if row.id == before[0].id]
    assert [(row.dbu, row.microusd, row.is_current) for row in history] == [("14.5", 2_175_000, False)]
    # Both hours replaced 500 of modeled premium each, now one does.
    assert list(before_days.values()) == [(1000, 1000)]
    assert list(billed.ground.replaced().values()) == [(500, 500)]
    ((low, _),) = billed.ground.days().values()
    assert low == 712_500


def test_once_is_enough_and_what_comes_back_is_billed_again(billed) -> None:
    leave(billed)
    run(billed)
    again = run(billed)
    assert (again.written.new, again.written.corrected, again.written.relabeled, again.left) == (0, 0, 0, 1)
    bill(billed.fake, HOUR, "14.5")
    assert run(billed).left == 0
    assert [(row.microusd, row.version) for row in billed.ground.bills()] == [(2_175_000, 3), (2_175_000, 1)]
    assert list(billed.ground.replaced().values()) == [(1000, 1000)]


def test_a_bill_that_was_read_in_part_takes_nothing_away(billed) -> None:
    before = billed.ground.bills()
    leave(billed)
    # Another day's rows get lost on the way; that day is read before.
    bill(billed.fake, HOUR - 24, "1")
    billed.fake.lose_rows = 1
    assert not run(billed).is_done
    assert billed.ground.bills() == before


def test_what_was_not_asked_for_stays(billed) -> None:
    """All agents of the workspace are forgotten: its bill is read no more, and what stands of it stands."""
    other = billed.ground.agent("b" * 32, workspace="2222", cluster="0000-111111-other")
    assert other
    before = billed.ground.bills()
    with billed.ground.database.writing() as connection:
        connection.execute(delete(agents).where(agents.c.cluster == CLUSTER))
    found = run(billed)
    assert (found.is_done, found.left) == (True, 0)
    assert billed.ground.bills() == before

"""Exposure of a day while its bill is coming in: by the bill where the bill tells an hour, as modeled elsewhere, the same
money never twice and never left out; on both databases, and the same on every page.
"""

from __future__ import annotations

import pytest
from bill_samples import DAY_MS, HOUR_MS, JOBS, JOBS_PHOTON, SLOTS, H, bill
from sqlalchemy import event

from clusop.service.resolver.exposure_days import write_exposure
from clusop.service.resolver.modeled_hours import read_modeled_hours
from clusop.service.store.database import open_database
from clusop.service.store.migrate import migrate
from clusop.service.suppression.gather import candidates
from clusop.service.suppression.per_30_days import monthly
from clusop.service.suppression.policy import Policy
from clusop.service.views.days import window
from clusop.service.views.overview import overview
from clusop.service.views.problem import one_problem
from clusop.service.views.problems import ProblemsAsked, problem_page, recent_sums

DAY = H // 24 - 4
FIRST = 24 * DAY
"""The first hour of a day, all of it settled at the end of the second day after it."""
LATER_MS = (DAY + 4) * DAY_MS
BILLED = 356_250
"""Premium in micro-USD of 14.5 DBU at $0.15, a quarter of the hour the problem's: 543,750 × (1 − 1/2.9)."""
HALF_BUSY = SLOTS * HOUR_MS // 2


@pytest.fixture
def database(database_url):
    """On SQLite and on PostgreSQL."""
    opened = open_database(database_url)
    migrate(opened)
    yield opened
    opened.close()


@pytest.fixture
def working(resolving):
    """Four hours of a day with signals, half of all slots busy, half of that the problem's; nothing billed yet."""
    for sku in (JOBS_PHOTON, JOBS):
        resolving.fake.price(sku, "0.15")
    resolving.agent, resolving.problem = resolving.ground.agent(), resolving.ground.problem()
    for hour in range(FIRST, FIRST + 4):
        work(resolving, hour)
    return resolving


def work(working, hour, exposure=(BILLED, BILLED), span=(0, 50)) -> None:
    """A signal in an hour, from minute to minute."""
    working.ground.hour(working.agent, hour, busy_ms=HALF_BUSY)
    told = tuple(hour * HOUR_MS + minute * 60_000 for minute in span)
    working.ground.signal(working.agent, working.problem, told, (0.5, HALF_BUSY), exposure=exposure)


def run(working, now_ms=LATER_MS):
    return working.run(now_ms, days=7)


def shown(working, now_ms=LATER_MS) -> tuple[tuple[int, int], tuple[int, int]]:
    """Exposure and what of it is derived, over 30 days: as every page and card adds it up."""
    span = window(now_ms, 30)
    policy = Policy()
    with working.ground.database.reading() as connection:
        recent = recent_sums(connection, span)
        sums = recent[working.problem]
        assert overview(connection, span, recent).total == sums
        full = one_problem(connection, working.problem, now_ms, policy)
        (row,) = problem_page(connection, ProblemsAsked(), recent, span).problems
        (candidate,) = candidates(connection, policy, now_ms)
    assert full is not None
    assert full.recent == sums == row.recent
    assert sum(row.by_day.values()) == sums.exposure_twice_mid
    told = candidate.sums
    month = monthly(told, 0, now_ms, min_days=policy.min_days, min_runs=policy.min_runs)
    assert month.exposures == full.monthly.exposures
    derived = (sums.derived_low_microusd, sums.derived_high_microusd)
    exposure = (sums.exposure_low_microusd, sums.exposure_high_microusd)
    assert told.derived_microusd == derived
    modeled = [whole - part for whole, part in zip(told.exposure_microusd, told.derived_modeled_microusd, strict=True)]
    assert tuple(one + other for one, other in zip(modeled, derived, strict=True)) == exposure
    there = {"derived": told.derived_days, "modeled": any(modeled) or not told.derived_days}
    assert [figure.basis for figure in month.exposures] == [basis for basis, is_there in there.items() if is_there]
    return exposure, derived


def test_a_day_does_not_look_cheap_while_its_bill_comes_in(working) -> None:
    whole = (4 * BILLED, 4 * BILLED)
    assert shown(working) == (whole, (0, 0))
    for number, hour in enumerate(range(FIRST, FIRST + 4), 1):
        bill(working.fake, hour, "14.5")
        run(working)
        assert shown(working) == (whole, (number * BILLED, number * BILLED))
    assert working.ground.replaced() == working.ground.days() == {(working.problem, DAY): whole}


def test_an_hour_counts_by_the_bill_once_it_is_provisional_no_more(working) -> None:
    bill(working.fake, FIRST, "14.5")
    early_ms = (FIRST + 48) * HOUR_MS
    run(working, early_ms)
    assert shown(working) == ((4 * BILLED, 4 * BILLED), (0, 0))
    found = run(working, early_ms + HOUR_MS)
    assert (found.written.corrected, found.written.relabeled) == (0, 1)
    assert shown(working)[1] == (BILLED, BILLED)


def test_an_hour_far_from_what_was_expected_stays_modeled(working) -> None:
    bill(working.fake, FIRST, "14.5")
    bill(working.fake, FIRST + 1, "7")
    run(working)
    assert shown(working) == ((4 * BILLED, 4 * BILLED), (BILLED, BILLED))
    bill(working.fake, FIRST + 1, "7.5", from_minute=30)
    run(working)
    assert shown(working)[1] == (2 * BILLED, 2 * BILLED)


def test_what_is_modeled_wrongly_is_put_right_by_the_bill_hour_by_hour(working) -> None:
    work(working, FIRST + 5, exposure=(1_000, 9_000))
    bill(working.fake, FIRST + 5, "14.5")
    run(working)
    assert shown(working) == ((5 * BILLED, 5 * BILLED), (BILLED, BILLED))
    assert working.ground.replaced() == {(working.problem, DAY): (1_000, 9_000)}


def test_a_sku_without_a_premium_replaces_what_was_modeled_by_nothing(working) -> None:
    bill(working.fake, FIRST, "5", JOBS)
    run(working)
    assert shown(working)[0] == (3 * BILLED, 3 * BILLED)
    assert working.ground.days() == {(working.problem, DAY): (0, 0)}


def test_an_hour_without_a_price_stays_modeled(working) -> None:
    bill(working.fake, FIRST, "14.5", "PREMIUM_ALL_PURPOSE_COMPUTE_(PHOTON)")
    assert run(working).unmatched == {"no-billed-price": 1}
    assert shown(working) == ((4 * BILLED, 4 * BILLED), (0, 0))


def test_a_signal_over_midnight_counts_once(working) -> None:
    """Half of it in each day: modeled money counts on the day it ended, billed money on the day of its hour."""
    last = FIRST + 23
    work(working, last, exposure=(2 * BILLED, 2 * BILLED), span=(30, 90))
    working.ground.hour(working.agent, last + 1, busy_ms=HALF_BUSY)
    whole = 6 * BILLED
    assert shown(working)[0] == (whole, whole)
    bill(working.fake, last, "14.5")
    run(working)
    assert working.ground.replaced() == {(working.problem, DAY + 1): (BILLED, BILLED)}
    (low, high), (derived, _) = shown(working)
    assert (low, high, derived > 0) == (whole - BILLED + derived, whole - BILLED + derived, True)
    bill(working.fake, last + 1, "14.5")
    run(working)
    assert working.ground.replaced() == {(working.problem, DAY + 1): (2 * BILLED, 2 * BILLED)}
    assert shown(working)[0][0] == 4 * BILLED + shown(working)[1][0]
    # A correction of the earlier day reaches the later one.
    bill(working.fake, last, "-9", record_type="RETRACTION")
    run(working)
    assert working.ground.replaced() == {(working.problem, DAY + 1): (BILLED, BILLED)}


def test_sharing_a_day_again_leaves_later_days_alone_that_it_does_not_reach(working) -> None:
    """A problem at work over midnight ties two days together, and no third."""
    work(working, FIRST + 23, exposure=(2 * BILLED, 2 * BILLED), span=(30, 90))
    third = FIRST + 3 * 24
    work(working, third)
    now_ms = (DAY + 6) * DAY_MS
    bill(working.fake, FIRST, "14.5")
    bill(working.fake, third, "14.5")
    run(working, now_ms)
    # Now all days are settled, and the last one is not looked at again.
    run(working, now_ms)
    before = working.ground.days()
    assert before[working.problem, DAY + 3] == (BILLED, BILLED)
    bill(working.fake, FIRST, "-1", record_type="RETRACTION")
    run(working, now_ms)
    assert working.ground.days()[working.problem, DAY + 3] == (BILLED, BILLED)
    assert working.ground.replaced()[working.problem, DAY + 3] == (BILLED, BILLED)


def test_a_bill_in_another_currency_tells_nothing_of_dollars(working) -> None:
    for sku in (JOBS_PHOTON, JOBS):
        working.fake.price(sku, "0.14", currency="EUR")
    bill(working.fake, FIRST, "14.5")
    found = working.run(LATER_MS, days=7, currency="EUR")
    assert found.written.new == 1
    assert shown(working) == ((4 * BILLED, 4 * BILLED), (0, 0))


def test_a_later_day_is_read_whole(working) -> None:
    """One signal reaches into it from the day that is read; what else it has must not get lost when its row is written."""
    work(working, FIRST + 23, exposure=(10, 20), span=(30, 90))
    work(working, FIRST + 30, exposure=(3, 4))
    with working.ground.database.reading() as connection:
        found = read_modeled_hours(connection, FIRST * HOUR_MS)
    later = {hour_at_ms // HOUR_MS - FIRST: ends for (_, hour_at_ms), ends in found[working.problem, DAY + 1].items()}
    assert later == {23: (5, 10), 24: (5, 10), 30: (3, 4)}
    assert len(found[working.problem, DAY]) == 4


def test_a_late_signal_is_modeled_until_the_next_run(working) -> None:
    bill(working.fake, FIRST, "14.5")
    run(working)
    told = (FIRST * HOUR_MS, FIRST * HOUR_MS + 60_000)
    working.ground.signal(working.agent, working.problem, told, (0.5, 60_000), exposure=(7, 9))
    assert shown(working) == ((4 * BILLED + 7, 4 * BILLED + 9), (BILLED, BILLED))
    run(working)
    (low, high), (derived, _) = shown(working)
    assert (low, high) == (3 * BILLED + derived, 3 * BILLED + derived)


def test_what_a_log_told_of_an_hour_gives_way_to_the_bill_too(working) -> None:
    told = (FIRST * HOUR_MS, FIRST * HOUR_MS + 60_000)
    working.ground.signal(
        working.agent, working.problem, told, (0.5, 60_000), exposure=(BILLED, BILLED), is_offline=True
    )
    bill(working.fake, FIRST, "14.5")
    run(working)
    assert shown(working) == ((4 * BILLED, 4 * BILLED), (BILLED, BILLED))


def test_a_line_that_goes_takes_its_dollars_with_it(working) -> None:
    bill(working.fake, FIRST, "14.5")
    run(working)
    bill(working.fake, FIRST, "-14.5", record_type="RETRACTION")
    run(working)
    # Nothing is left of the hour, which is far from what was expected.
    assert shown(working) == ((4 * BILLED, 4 * BILLED), (0, 0))
    assert working.ground.replaced() == {}


def test_a_second_run_writes_no_day(working) -> None:
    bill(working.fake, FIRST, "14.5")
    run(working)
    with working.ground.database.writing() as connection:
        modeled = read_modeled_hours(connection, FIRST * HOUR_MS)
        written = []
        event.listen(connection, "before_execute", lambda _, clause, *__: written.append(clause.is_insert))
        write_exposure(connection, modeled, FIRST * HOUR_MS)
    assert not any(written)

from __future__ import annotations

from fractions import Fraction

import pytest
from bill_samples import CLUSTER, HOUR_MS, JOBS, JOBS_PHOTON, NOW_MS, SLOTS, H, bill
from sqlalchemy import select

from clusop.service.resolver import reconcile
from clusop.service.store.tables.money import bill_hours, learned_rates, reconciliations
from clusop.service.store.tables.problems import job_owners

OLD = H - 47
SETTLED = H - 49


def priced(fake, *skus) -> None:
    for sku in skus or (JOBS_PHOTON, JOBS):
        fake.price(sku, "0.15")


def a_busy_hour(ground, hour=OLD, **told) -> tuple[int, int]:
    """Half of the slots busy; a tenth of that was no SQL; a problem held a quarter of all slots."""
    agent, problem = ground.agent(), ground.problem()
    ground.hour(agent, hour, busy_ms=SLOTS * HOUR_MS // 2, non_sql_ms=SLOTS * HOUR_MS // 20, **told)
    ground.hour(agent, hour + 1)
    ground.signal(agent, problem, (hour * HOUR_MS, (hour + 1) * HOUR_MS), (0.5, SLOTS * HOUR_MS // 2))
    return agent, problem


def test_an_hour_is_shared_out_and_every_line_is_there(resolving) -> None:
    priced(resolving.fake)
    _, problem = a_busy_hour(resolving.ground)
    bill(resolving.fake, OLD, "14.5")
    found = resolving.run()
    assert (found.tier, found.is_done, found.hours, found.written.new) == ("billed-negotiated", True, 1, 1)
    (hour,) = resolving.ground.bills()
    assert (hour.dbu, hour.microusd, hour.basis, hour.version) == ("14.5", 2_175_000, "billed-at-list", 1)
    lines = resolving.ground.lines(hour.id)
    assert {key: (row.dbu, row.microusd) for key, row in lines.items()} == {
        ("attributed", problem): ("3.625", 543_750),
        ("attributed-other", None): ("2.9", 435_000),
        ("non-sql-and-failed", None): ("0.725", 108_750),
        ("unused", None): ("7.25", 1_087_500),
    }
    # 543,750 × (1 − 1/2.9)
    exposed = lines["attributed", problem]
    assert (exposed.derived_low_microusd, exposed.derived_high_microusd) == (356_250, 356_250)
    # The hour is provisional.
    assert resolving.ground.days() == {}
    resolving.run(NOW_MS + 2 * HOUR_MS, days=3)
    assert resolving.ground.days() == {(problem, OLD // 24): (356_250, 356_250)}


def test_a_sku_without_photon_has_no_exposure(resolving) -> None:
    priced(resolving.fake)
    _, problem = a_busy_hour(resolving.ground)
    bill(resolving.fake, OLD, "5", JOBS)
    resolving.run()
    (hour,) = resolving.ground.bills()
    line = resolving.ground.lines(hour.id)["attributed", problem]
    assert (line.microusd, line.derived_low_microusd) == (187_500, None)
    assert '"no_exposure": "no-premium"' in line.inputs


def test_run_again_it_changes_nothing(resolving) -> None:
    priced(resolving.fake)
    a_busy_hour(resolving.ground)
    bill(resolving.fake, OLD, "14.5")
    resolving.run()
    before = resolving.ground.bills(is_current=False)
    again = resolving.run()
    assert (again.written.new, again.written.corrected, again.written.relabeled) == (0, 0, 0)
    assert resolving.ground.bills(is_current=False) == before


def test_a_late_row_and_a_retraction_make_versions_and_the_old_ones_stay(resolving) -> None:
    priced(resolving.fake)
    _, problem = a_busy_hour(resolving.ground)
    bill(resolving.fake, OLD, "10")
    resolving.run()
    bill(resolving.fake, OLD, "4.5", from_minute=30)
    second = resolving.run()
    bill(resolving.fake, OLD, "-10", record_type="RETRACTION")
    bill(resolving.fake, OLD, "9.5", record_type="RESTATEMENT")
    resolving.run(NOW_MS + 2 * HOUR_MS, days=3)
    assert second.written.corrected == 1
    versions = [(row.version, row.dbu, row.is_current) for row in resolving.ground.bills(is_current=False)]
    assert versions == [(1, "10", False), (2, "14.5", False), (3, "14", True)]
    low, high = resolving.ground.days()[problem, OLD // 24]
    # 14 × 0.15 × 1/4 × (1 − 1/2.9)
    assert low == high == round(14 * Fraction("0.15") / 4 * (1 - Fraction(10, 29)) * 10**6)


def test_all_taken_back_leaves_an_hour_of_nothing(resolving) -> None:
    priced(resolving.fake)
    a_busy_hour(resolving.ground)
    bill(resolving.fake, OLD, "10")
    bill(resolving.fake, OLD, "-10", record_type="RETRACTION")
    resolving.run()
    (hour,) = resolving.ground.bills()
    assert (hour.dbu, hour.microusd) == ("0", 0)
    assert sum(line.microusd for line in resolving.ground.lines(hour.id).values()) == 0


def test_more_of_what_agents_saw_makes_a_version_too(resolving) -> None:
    priced(resolving.fake)
    bill(resolving.fake, OLD, "10")
    agent = resolving.ground.agent()
    resolving.run()
    assert list(resolving.ground.lines(resolving.ground.bills()[0].id)) == [("unobserved", None)]
    resolving.ground.hour(agent, OLD, busy_ms=SLOTS * HOUR_MS)
    resolving.run()
    (hour,) = resolving.ground.bills()
    assert (hour.version, list(resolving.ground.lines(hour.id))) == (2, [("attributed-other", None)])


def test_two_currencies_do_not_add_up(resolving) -> None:
    resolving.ground.agent()
    resolving.fake.price(JOBS_PHOTON, "0.15")
    resolving.fake.price(JOBS_PHOTON, "0.14", currency="EUR")
    resolving.fake.price(JOBS, "0.14", currency="EUR")
    bill(resolving.fake, OLD, "10")
    bill(resolving.fake, OLD, "10", JOBS)
    found = resolving.run()
    plain, photon = resolving.ground.bills()
    assert (photon.microusd, photon.currency) == (1_500_000, "USD")
    assert (plain.microusd, plain.basis, plain.unpriced_reason) == (None, "", "price-in-other-currency")
    assert found.unmatched == {"price-in-other-currency": 1}


def test_what_has_no_price_is_counted_and_never_called_billed(resolving) -> None:
    _, problem = a_busy_hour(resolving.ground)
    resolving.fake.price(JOBS_PHOTON, "0.15", end_us=OLD * HOUR_MS * 1000)
    bill(resolving.fake, OLD, "10")
    found = resolving.run()
    (hour,) = resolving.ground.bills()
    assert found.unmatched == {"no-billed-price": 1}
    assert (hour.dbu, hour.microusd, hour.basis, hour.unpriced_reason) == ("10", None, "", "no-billed-price")
    assert {line.microusd for line in resolving.ground.lines(hour.id).values()} == {None}
    assert resolving.ground.days().get((problem, OLD // 24), (None, None)) == (None, None)


def test_the_database_takes_no_label_without_dollars(resolving) -> None:
    from sqlalchemy.exc import IntegrityError

    priced(resolving.fake)
    resolving.ground.agent()
    bill(resolving.fake, OLD, "10")
    resolving.run()
    for values in ({"microusd": None}, {"basis": ""}):
        with pytest.raises(IntegrityError), resolving.ground.database.writing() as connection:
            connection.execute(bill_hours.update().values(**values))


def test_a_price_that_changes_in_the_hour_holds_for_each_part(resolving) -> None:
    resolving.ground.agent()
    middle = OLD * HOUR_MS * 1000 + HOUR_MS * 500
    resolving.fake.price(JOBS_PHOTON, "0.15", 0, middle + 1)
    resolving.fake.price(JOBS_PHOTON, "0.20", middle + 1)
    bill(resolving.fake, OLD, "4", to_minute=30)
    bill(resolving.fake, OLD, "6", from_minute=30)
    resolving.run()
    (hour,) = resolving.ground.bills()
    assert hour.microusd == 600_000 + 1_200_000
    assert hour.price_ids.count("list:") == 2


def test_negotiated_prices_come_first_and_discounts_apply_to_the_list(resolving) -> None:
    from clusop.service.resolver.settings import Discount

    resolving.ground.agent()
    resolving.fake.price(JOBS_PHOTON, "0.10", table="account")
    priced(resolving.fake)
    bill(resolving.fake, OLD, "10")
    bill(resolving.fake, OLD, "10", JOBS, cloud="aws")
    resolving.run(discounts=(Discount("premium_*", Fraction(1, 5)),))
    plain, photon = resolving.ground.bills()
    assert (photon.microusd, photon.basis) == (1_000_000, "billed-negotiated")
    assert (plain.microusd, plain.basis) == (1_200_000, "billed-at-list")
    assert "discount:premium_*=1/5" in plain.price_ids


@pytest.mark.parametrize(
    ("knob", "tables", "expected"),
    [
        ("denied", {"usage"}, ("modeled", "bill-not-readable")),
        ("missing", {"usage"}, ("modeled", "bill-not-readable")),
        ("denied", {"list_prices", "account_prices"}, ("modeled", "prices-not-readable")),
        ("denied", {"account_prices"}, ("billed-at-list", "negotiated-not-readable")),
        ("missing", {"account_prices"}, ("billed-at-list", "negotiated-not-readable")),
    ],
)
def test_the_tier_is_what_may_be_read(resolving, knob, tables, expected) -> None:
    (tier, reason) = expected
    resolving.ground.agent()
    priced(resolving.fake)
    bill(resolving.fake, OLD, "10")
    setattr(resolving.fake.sql, knob, {f"system.billing.{table}" for table in tables})
    found = resolving.run()
    assert (found.tier, found.is_done, found.reason.id) == (tier, True, reason)
    assert len(resolving.ground.bills()) == (tier != "modeled")
    with resolving.ground.database.reading() as connection:
        (row,) = connection.execute(select(reconciliations)).all()
    assert (row.tier, row.outcome, row.reason) == (tier, "done", reason)
    assert row.sentence


def test_without_a_warehouse_dollars_stay_modeled(database, settings) -> None:
    found = reconcile(database, None, settings, NOW_MS)
    assert (found.tier, found.reason.id, found.is_done) == ("modeled", "dollars-not-set-up", True)


def test_provisional_until_old_enough_and_near_what_was_expected(resolving) -> None:
    priced(resolving.fake)
    agent = resolving.ground.agent()
    for hour in (SETTLED - 2, SETTLED - 1, SETTLED, OLD):
        resolving.ground.hour(agent, hour)
    # Five i3.xlarge of 1 DBU/h, times 2.9.
    for hour, quantity in ((SETTLED - 2, "14.5"), (SETTLED - 1, "13.1"), (SETTLED, "13.0"), (OLD, "14.5")):
        bill(resolving.fake, hour, quantity)
    resolving.run(days=3)
    assert [(row.hour_at_ms // HOUR_MS, row.is_provisional) for row in resolving.ground.bills()] == [
        (SETTLED - 2, False),
        (SETTLED - 1, False),
        (SETTLED, True),
        (OLD, True),
    ]
    assert resolving.ground.bills()[0].modeled_dbu == "14.5"
    resolving.run(NOW_MS + 4 * HOUR_MS, days=3)
    assert [row.is_provisional for row in resolving.ground.bills()] == [False, False, True, False]
    assert {row.version for row in resolving.ground.bills()} == {1}


def test_rates_are_learned_from_whole_hours_only(resolving) -> None:
    priced(resolving.fake)
    agent = resolving.ground.agent()
    for hour in range(SETTLED - 4, SETTLED):
        resolving.ground.hour(agent, hour)
        bill(resolving.fake, hour, "14" if hour % 2 else "15")
    resolving.ground.hour(agent, SETTLED, slot_ms=SLOTS * HOUR_MS // 2)
    bill(resolving.fake, SETTLED, "1")
    resolving.run(days=3)
    with resolving.ground.database.reading() as connection:
        (row,) = connection.execute(select(learned_rates)).all()
    assert (row.node_type, row.sku, row.is_photon) == ("i3.xlarge", JOBS_PHOTON, True)
    assert (row.low_dbu, row.high_dbu, row.node_hours_milli) == ("2.8", "3", 20_000)


def test_owners_of_jobs_are_read_newest_first(resolving) -> None:
    resolving.ground.agent()
    resolving.fake.job("42", "old@example.com", "old@example.com", 1)
    resolving.fake.job("42", "new@example.com", "maker@example.com", 2)
    resolving.fake.job("43", "gone@example.com", "gone@example.com", 1)
    resolving.fake.job("43", "gone@example.com", "gone@example.com", 2, is_deleted=True)
    assert resolving.run().owners == 1
    with resolving.ground.database.reading() as connection:
        (row,) = connection.execute(select(job_owners)).all()
    assert (row.workspace, row.job_id, row.run_as, row.creator) == (
        "1111",
        "42",
        "new@example.com",
        "maker@example.com",
    )


def test_the_bill_of_other_workspaces_is_not_read(resolving) -> None:
    priced(resolving.fake)
    resolving.ground.agent()
    bill(resolving.fake, OLD, "10")
    bill(resolving.fake, OLD, "10", cluster="0000-111111-other", workspace="2222")
    assert resolving.run().hours == 1


def test_an_agent_that_cannot_tell_its_workspace_is_known_by_its_cluster(resolving) -> None:
    priced(resolving.fake)
    agent = resolving.ground.agent(workspace="~" + "1" * 32)
    resolving.ground.hour(agent, OLD, busy_ms=SLOTS * HOUR_MS)
    resolving.ground.hour(agent, OLD + 1)
    bill(resolving.fake, OLD, "10")
    bill(resolving.fake, OLD, "10", cluster="0000-111111-other", workspace="2222")
    resolving.run()
    (hour,) = resolving.ground.bills()
    assert (hour.cluster, list(resolving.ground.lines(hour.id))) == (CLUSTER, [("attributed-other", None)])


def test_a_run_that_fails_half_way_says_why_and_keeps_what_it_did(resolving) -> None:
    priced(resolving.fake)
    resolving.ground.agent()
    bill(resolving.fake, OLD, "10")
    resolving.fake.lose_rows = 1
    found = resolving.run()
    assert (found.is_done, found.reason.id, resolving.ground.bills()) == (False, "result-incomplete", [])
    with resolving.ground.database.reading() as connection:
        assert connection.execute(select(reconciliations.c.outcome)).scalars().all() == ["failed"]

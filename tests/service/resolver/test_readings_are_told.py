"""What a reading tells of itself: what it found, that it was interrupted, and whether it came to the bill at all."""

from __future__ import annotations

import pytest
from bill_samples import HOUR_MS, JOBS_PHOTON, NOW_MS, H, bill
from sqlalchemy import select

from clusop.service.resolver import reconcile
from clusop.service.store.tables.money import reconciliations
from clusop.service.views.days import window
from clusop.service.views.reading_sentence import reading_sentence
from clusop.service.views.reconciliations import counts_by_run, reconciliation_lines


def told(database, mine=None):
    with database.reading() as connection:
        return reconciliation_lines(connection, mine)


def test_without_a_warehouse_the_bill_was_not_read(database, settings) -> None:
    reconcile(database, None, settings, NOW_MS)
    found = told(database)
    assert (found.was_read, found.lines[0].outcome) == (False, "done")
    assert found.lines[0].sentence.startswith("No workspace and SQL warehouse are named")


@pytest.mark.parametrize(
    ("tables", "was_read"), [(("usage",), False), (("list_prices", "account_prices"), False), ((), True)]
)
def test_a_reading_that_got_past_its_probe_is_one(resolving, tables, was_read) -> None:
    resolving.fake.sql.denied = {f"system.billing.{table}" for table in tables}
    resolving.run()
    assert told(resolving.ground.database).was_read is was_read


def test_one_that_failed_in_the_middle_has_read(resolving) -> None:
    resolving.fake.price(JOBS_PHOTON, "0.15")
    resolving.ground.agent()
    bill(resolving.fake, H - 47, "10")
    resolving.fake.lose_rows = 1
    resolving.run()
    found = told(resolving.ground.database)
    assert (found.was_read, found.lines[0].outcome) == (True, "failed")
    assert found.lines[0].sentence.startswith("Rows are missing")


def test_a_good_one_says_what_it_found(resolving) -> None:
    resolving.fake.price(JOBS_PHOTON, "0.15", end_us=(H - 8) * HOUR_MS * 1000)
    resolving.ground.agent()
    for hour in (H - 47, H - 10, H - 5):
        bill(resolving.fake, hour, "10")
    resolving.run()
    bill(resolving.fake, H - 10, "1")
    resolving.run(NOW_MS + HOUR_MS)
    later, first = told(resolving.ground.database).lines
    assert first.sentence == "3 billed hours were read: 3 new, 3 provisional, 1 without a price."
    assert later.sentence == "3 billed hours were read: 1 corrected, 3 provisional, 1 without a price."
    with resolving.ground.database.reading() as connection:
        mine = counts_by_run(connection, window(NOW_MS, 30), "1111")
    later, first = told(resolving.ground.database, mine).lines
    assert later.sentence == "1 hour of your workspace was found or changed: 1 corrected."
    assert first.sentence == "3 hours of your workspace were found or changed: 3 new."


def test_why_the_tier_is_no_better_follows_what_was_found(resolving) -> None:
    resolving.fake.sql.denied = {"system.billing.account_prices"}
    resolving.run()
    sentence = told(resolving.ground.database).lines[0].sentence
    assert sentence.startswith("No hour was billed of what agents told of. Negotiated prices cannot be read")


def test_what_left_the_bill_is_said() -> None:
    assert reading_sentence({"hours": 1, "left_the_bill": 2}, "", is_of_one=False) == (
        "1 billed hour was read. 2 stored hours are on the bill no more."
    )


def test_the_next_start_tells_of_readings_that_were_killed(database, settings) -> None:
    with database.writing() as connection:
        connection.execute(
            reconciliations.insert().values(
                started_at_ms=NOW_MS - HOUR_MS, from_at_ms=0, to_at_ms=NOW_MS, tier="modeled", outcome="running"
            )
        )
    reconcile(database, None, settings, NOW_MS)
    newest, killed = told(database).lines
    assert (newest.outcome, killed.outcome, killed.ended_at_ms) == ("done", "interrupted", None)
    assert "stopped or killed" in killed.sentence
    with database.reading() as connection:
        reasons = connection.execute(select(reconciliations.c.reason).order_by(reconciliations.c.id)).scalars().all()
    assert reasons == ["reading-interrupted", "dollars-not-set-up"]

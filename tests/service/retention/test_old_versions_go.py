"""What retention takes of the bill, of engine decisions and of collected files: no figure changes, and no file counts twice; on
both databases.
"""

from __future__ import annotations

import pytest
from ingest_samples import DAY_MS, NOW_MS, WORKSPACE, agent_id, line, signal
from sqlalchemy import func, select

from clusop.service.ingest.collect import collect_file
from clusop.service.ingest.limits import Limits
from clusop.service.retention.retention import forget
from clusop.service.store.tables.access import collected_files
from clusop.service.store.tables.agents import agents
from clusop.service.store.tables.decisions import engine_decisions
from clusop.service.store.tables.money import bill_hours, bill_shares, reconciliations
from clusop.service.store.tables.problems import problems
from clusop.service.views.bill import bill_of
from clusop.service.views.days import window
from clusop.service.views.overview import overview
from clusop.service.views.problems import recent_sums

RETAIN = 40
LIMITS = Limits(retain_days=RETAIN)
HOUR_MS = DAY_MS // 24


def bill(database, *, at_ms, versions, written=None):
    """An hour of the bill in several versions, each of a run of its own, each with a line."""
    with database.writing() as connection:
        for version in range(1, versions + 1):
            run_id = connection.execute(
                reconciliations.insert()
                .values(started_at_ms=at_ms + version, from_at_ms=0, to_at_ms=1, tier="billed-at-list", outcome="done")
                .returning(reconciliations.c.id)
            ).scalar_one()
            hour_id = connection.execute(
                bill_hours.insert()
                .values(
                    workspace=WORKSPACE, cluster="c", hour_at_ms=at_ms, sku="JOBS", is_photon=True, cloud="AWS",
                    currency="USD", unit="DBU", dbu="1", microusd=version, basis="billed-at-list", version=version,
                    is_current=version == versions, is_provisional=False, reconciliation_id=run_id, written_at_ms=written,
                )
                .returning(bill_hours.c.id)
            ).scalar_one()  # fmt: skip
            connection.execute(
                bill_shares.insert().values(bill_hour_id=hour_id, kind="unused", dbu="1", microusd=version)
            )


def rows_of(database, *columns):
    with database.reading() as connection:
        return [tuple(row) for row in connection.execute(select(*columns).order_by(*columns))]


def count_of(database, table):
    with database.reading() as connection:
        return connection.scalar(select(func.count()).select_from(table))


def shown(database, now_ms):
    with database.reading() as connection:
        span = window(now_ms, 90)
        seen = overview(connection, span, recent_sums(connection, span))
        bill = bill_of(connection, span)
    return seen.bill, bill.shares


def test_versions_past_the_horizon_go_and_no_figure_changes(database):
    old_ms, young_ms = NOW_MS // HOUR_MS * HOUR_MS, (NOW_MS + 30 * DAY_MS) // HOUR_MS * HOUR_MS
    bill(database, at_ms=old_ms, versions=3)
    bill(database, at_ms=young_ms, versions=2)
    later_ms = NOW_MS + 50 * DAY_MS
    before = shown(database, later_ms)
    assert before[0]
    forget(database, later_ms, RETAIN, 7)
    assert shown(database, later_ms) == before
    found = rows_of(database, bill_hours.c.hour_at_ms, bill_hours.c.version, bill_hours.c.is_current)
    assert found == [(old_ms, 3, True), (young_ms, 1, False), (young_ms, 2, True)]
    assert count_of(database, bill_shares) == 3
    # Runs that an hour is of stay with it.
    assert count_of(database, reconciliations) == 3


def test_a_run_without_hours_goes_past_the_horizon_and_the_newest_stays(database):
    with database.writing() as connection:
        for day in (0, 1, 2):
            connection.execute(
                reconciliations.insert().values(
                    started_at_ms=NOW_MS + day * DAY_MS, from_at_ms=0, to_at_ms=1, tier="modeled", outcome="done"
                )
            )
    forget(database, NOW_MS + 400 * DAY_MS, RETAIN, 7)
    assert rows_of(database, reconciliations.c.started_at_ms) == [(NOW_MS + 2 * DAY_MS,)]


def test_a_version_waits_until_the_customers_table_was_told_that_it_is_no_longer_current(database):
    at_ms = NOW_MS // HOUR_MS * HOUR_MS
    bill(database, at_ms=at_ms, versions=2, written=NOW_MS)
    with database.writing() as connection:
        connection.execute(bill_hours.update().where(bill_hours.c.version == 1).values(written_at_ms=None))
    forget(database, NOW_MS + 50 * DAY_MS, RETAIN, 7)
    assert count_of(database, bill_hours) == 2
    with database.writing() as connection:
        connection.execute(bill_hours.update().values(written_at_ms=NOW_MS))
    forget(database, NOW_MS + 50 * DAY_MS, RETAIN, 7)
    assert rows_of(database, bill_hours.c.version) == [(2,)]


def test_engine_decisions_past_the_horizon_go_however_many_there_are(database):
    later_ms = NOW_MS + 50 * DAY_MS
    with database.writing() as connection:
        old = [{"workspace": WORKSPACE, "compute": f"job:{number}", "decided_at_ms": NOW_MS} for number in range(1100)]
        young = [
            {"workspace": WORKSPACE, "compute": "job:1", "decided_at_ms": NOW_MS + day * DAY_MS} for day in (20, 50)
        ]
        connection.execute(engine_decisions.insert(), [*old, *young])
    forget(database, later_ms, RETAIN, 7)
    assert rows_of(database, engine_decisions.c.decided_at_ms) == [(NOW_MS + day * DAY_MS,) for day in (20, 50)]


def written_file(folder, agent, *records):
    path = folder / f"clusop-{agent_id(agent)}-{records[0]['sequence']}-{records[-1]['sequence']}.jsonl"
    path.write_bytes(b"\n".join(line(one) for one in records) + b"\n")
    return path


def collected(database, path, now_ms):
    found = collect_file(database, path, now_ms, LIMITS)
    receipt = found.receipt
    return found.outcome, receipt and receipt.accepted, [one.reason for one in receipt.refused] if receipt else []


def runs_of(database):
    return rows_of(database, problems.c.run_count)


@pytest.mark.parametrize("is_again", [True, False])
def test_a_collected_file_is_forgotten_with_its_agent_and_never_taken_twice(database, tmp_path, is_again):
    path = written_file(tmp_path, 1, signal(1, 1, end_at_ms=NOW_MS), signal(1, 2, end_at_ms=NOW_MS))
    assert collected(database, path, NOW_MS) == ("taken", 2, [])
    before = runs_of(database)
    for days in (10, 39, 41, 60):
        now_ms = NOW_MS + days * DAY_MS
        forget(database, now_ms, RETAIN, 7)
        if is_again:
            outcome, accepted, reasons = collected(database, path, now_ms)
            assert (outcome, accepted) in {("known", None), ("taken", 0)}
            assert set(reasons) <= {"too-old"}
        assert runs_of(database) == before
    if not is_again:
        assert count_of(database, collected_files) == 0


def test_the_note_on_a_file_stays_as_long_as_its_agent_is_heard_of(database, tmp_path):
    """Its first records are past the horizon long before the agent is: the agent's row is what tells them apart."""
    first = written_file(tmp_path, 1, signal(1, 1, end_at_ms=NOW_MS))
    gone = written_file(tmp_path, 2, signal(2, 1, end_at_ms=NOW_MS))
    for path in (first, gone):
        assert collected(database, path, NOW_MS)[0] == "taken"
    later_ms = NOW_MS + 50 * DAY_MS
    last = written_file(tmp_path, 1, signal(1, 2, end_at_ms=later_ms))
    assert collected(database, last, later_ms)[0] == "taken"
    forget(database, later_ms, RETAIN, 7)
    assert rows_of(database, agents.c.agent) == [(agent_id(1),)]
    assert {name for (name,) in rows_of(database, collected_files.c.name)} == {first.name, last.name}
    assert collected(database, first, later_ms)[0] == "known"
    assert collected(database, gone, later_ms)[1:] == (0, ["too-old"])

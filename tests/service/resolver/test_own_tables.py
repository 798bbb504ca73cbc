from __future__ import annotations

import json

import pytest
from bill_samples import CLUSTER, HOUR_MS, JOBS_PHOTON, NOW_MS, SLOTS, H, bill
from ingest_samples import line, signal
from sqlalchemy import func, select

from clusop.service.databricks.statements import Own
from clusop.service.ingest.apply import apply_batches
from clusop.service.ingest.batch import batch_of
from clusop.service.ingest.limits import Limits
from clusop.service.onboard.run import onboard, statements_for_onboarding
from clusop.service.store.database import open_database
from clusop.service.store.migrate import migrate
from clusop.service.store.tables.problems import problems, signals

OLD = H - 47
LATER_MS = NOW_MS + 2 * HOUR_MS
"""When the hour is provisional no more."""
OWN = Own("finops", "clusop")
HOURS = (
    "SELECT version, line, dbu, microusd, basis, is_current FROM finops.clusop.clusop_hours ORDER BY version, line, dbu"
)


@pytest.fixture
def database(database_url):
    """On SQLite and on PostgreSQL."""
    opened = open_database(database_url)
    migrate(opened)
    yield opened
    opened.close()


@pytest.fixture
def onboarded(resolving):
    onboard(resolving.warehouse_of(resolving.settings, statements_for_onboarding(OWN)), OWN)
    return resolving


def a_third(ground) -> None:
    agent, problem = ground.agent(), ground.problem()
    ground.hour(agent, OLD, busy_ms=SLOTS * HOUR_MS // 3)
    ground.hour(agent, OLD + 1)
    ground.signal(agent, problem, (OLD * HOUR_MS, (OLD + 1) * HOUR_MS), (0.5, SLOTS * HOUR_MS // 3))


def test_without_tables_nothing_is_written_and_that_is_said(resolving) -> None:
    resolving.ground.agent()
    found = resolving.run(own=OWN)
    assert (found.is_done, found.rows_out, [remark.id for remark in found.remarks]) == (True, 0, ["not-onboarded"])
    assert not any(text.startswith("MERGE") for text in resolving.fake.statements)


def test_lines_problems_and_signals_arrive_once_and_add_up(onboarded) -> None:
    a_third(onboarded.ground)
    onboarded.fake.price(JOBS_PHOTON, "0.15")
    bill(onboarded.fake, OLD, "15.000000000000000001")
    # What this run learns changes what the next one expects of the hour.
    onboarded.run(LATER_MS, days=3)
    # Three lines of one hour, one problem, one signal.
    assert onboarded.run(LATER_MS, own=OWN, days=3).rows_out == 3 + 1 + 1
    written = onboarded.fake.sql.direct(HOURS)
    assert [(line, str(dbu), usd) for _, line, dbu, usd, *_ in written] == [
        ("attributed", "2.500000000000000000", 375_000),
        ("attributed-other", "2.500000000000000000", 375_000),
        ("unused", "10.000000000000000001", 1_500_000),
    ]
    assert sum(dbu for _, _, dbu, *_ in written) == onboarded.fake.sql.direct("SELECT 15.000000000000000001")[0][0]
    (problem,) = onboarded.fake.sql.direct("SELECT signature, derived_low_microusd FROM finops.clusop.clusop_problems")
    assert problem == ("5" * 32, 245_690)
    assert onboarded.fake.sql.direct("SELECT count(*) FROM finops.clusop.clusop_signals") == [(1,)]
    # Problems are told as they stand now; nothing else is new.
    assert onboarded.run(LATER_MS, own=OWN, days=3).rows_out == 1
    assert onboarded.fake.sql.direct(HOURS) == written


def test_a_correction_is_a_version_and_the_old_one_is_no_longer_current(onboarded) -> None:
    a_third(onboarded.ground)
    onboarded.fake.price(JOBS_PHOTON, "0.15")
    bill(onboarded.fake, OLD, "10")
    onboarded.run(own=OWN)
    bill(onboarded.fake, OLD, "-10", record_type="RETRACTION")
    bill(onboarded.fake, OLD, "9", record_type="RESTATEMENT")
    onboarded.run(own=OWN)
    found = onboarded.fake.sql.direct(
        "SELECT version, is_current, sum(dbu), sum(microusd) FROM finops.clusop.clusop_hours GROUP BY ALL ORDER BY version"
    )
    assert [(version, current, str(dbu), int(usd)) for version, current, dbu, usd in found] == [
        (1, False, "10.000000000000000000", 1_500_000),
        (2, True, "9.000000000000000000", 1_350_000),
    ]


def test_a_write_that_failed_is_made_up_for_by_the_next_run(onboarded) -> None:
    a_third(onboarded.ground)
    onboarded.fake.price(JOBS_PHOTON, "0.15")
    bill(onboarded.fake, OLD, "10")
    onboarded.fake.sql.direct("ALTER TABLE finops.clusop.clusop_hours RENAME COLUMN microusd TO other")
    found = onboarded.run(own=OWN)
    assert (found.is_done, found.remarks[0].id, len(onboarded.ground.bills())) == (True, "own-tables-not-written", 1)
    onboarded.fake.sql.direct("ALTER TABLE finops.clusop.clusop_hours RENAME COLUMN other TO microusd")
    onboarded.run(own=OWN)
    assert len(onboarded.fake.sql.direct(HOURS)) == 3


def test_hostile_names_stay_values(onboarded) -> None:
    evil = "'); DROP TABLE x; -- \"`\\ \u202e"
    onboarded.fake.price(evil, "0.15")
    onboarded.ground.agent()
    bill(onboarded.fake, OLD, "10", evil, cluster=CLUSTER)
    onboarded.run(own=OWN)
    assert onboarded.fake.sql.direct("SELECT sku FROM finops.clusop.clusop_hours") == [(evil,)]


def test_a_signal_that_is_committed_late_is_not_passed_over(onboarded) -> None:
    ground = onboarded.ground
    if ground.database.is_sqlite:
        pytest.skip("SQLite has one writer")
    agent, problem = ground.agent(), ground.problem()
    row = {"agent_id": agent, "problem_id": problem, "content_hash": bytes(32), "line": b"{}"}
    engine = ground.database.engine

    def written():
        onboarded.run(own=OWN)
        found = onboarded.fake.sql.direct("SELECT sequence FROM finops.clusop.clusop_signals ORDER BY sequence")
        return [sequence for (sequence,) in found]

    with engine.connect() as late, late.begin():
        late.execute(signals.insert().values(**row, sequence=1))
        with engine.begin() as early:
            early.execute(signals.insert().values(**row, sequence=2))
        # Whoever holds the table for so long holds up nobody but us, and us for two seconds.
        assert written() == []
    assert written() == [1, 2]


def test_a_run_that_a_log_and_an_agent_tell_is_in_the_table_once_in_either_order(onboarded) -> None:
    """Whoever sums the table counts as the service does: the log's signal is never written, or leaves again."""
    database = onboarded.ground.database
    onboarded.ground.agent("f" * 32)
    spans = [{"start_at_ms": NOW_MS - begin, "end_at_ms": NOW_MS - begin + 500} for begin in (9_000, 6_000, 3_000)]
    whole = {"start_at_ms": spans[0]["start_at_ms"], "end_at_ms": spans[-1]["end_at_ms"]}

    def take(*documents, offline=False):
        with database.writing() as connection:
            batch = batch_of([line(one) for one in documents], is_offline=offline)
            apply_batches(connection, [batch], NOW_MS, Limits())

    def written():
        onboarded.run(own=OWN)
        told = onboarded.fake.sql.direct("SELECT agent, sequence, record FROM finops.clusop.clusop_signals")
        with database.reading() as connection:
            summed = connection.execute(select(func.sum(problems.c.run_count))).scalar_one()
        assert sum(json.loads(record)["runs"] for _, _, record in told) == summed
        return sorted((int(agent, 16), sequence) for agent, sequence, _ in told)

    def logged(agent, problem):
        return [signal(agent, number, problem=problem, runs=1, **span) for number, span in enumerate(spans, 1)]

    take(*logged(2, 1), signal(2, 9, problem=1, runs=1, end_at_ms=NOW_MS - 60_000), offline=True)
    assert written() == [(2, 1), (2, 2), (2, 3), (2, 9)]
    take(signal(1, 1, problem=1, runs=3, **whole))
    assert written() == [(1, 1), (2, 9)]
    assert written() == [(1, 1), (2, 9)]
    # The other way round, of another workload.
    take(signal(3, 1, problem=2, runs=3, workload="job:77", **whole))
    take(*[one | {"workload": "job:77"} for one in logged(4, 2)], offline=True)
    assert written() == [(1, 1), (2, 9), (3, 1)]

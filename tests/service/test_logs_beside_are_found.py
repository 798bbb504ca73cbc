"""A live signal looks for logs of its runs by an index, however many logs of the same hours there are; on both databases.
What the bill replaces follows at once, on both too.
"""

from __future__ import annotations

import pytest
from billed_hours import DAY_MS, HOUR_MS, exposure, settle, tell_hours
from ingest_samples import NOW_MS, WORKSPACE, line, signal
from sqlalchemy import event, func, select

from clusop.service.ingest.apply import apply_batches
from clusop.service.ingest.batch import batch_of
from clusop.service.ingest.limits import Limits
from clusop.service.store.tables.agents import agents
from clusop.service.store.tables.problems import problem_days, problems, signals

MANY = 8_000
SPANS = [{"start_at_ms": NOW_MS - begin, "end_at_ms": NOW_MS - begin + 500} for begin in (9_000, 6_000, 3_000)]
WHOLE = {"start_at_ms": SPANS[0]["start_at_ms"], "end_at_ms": SPANS[-1]["end_at_ms"]}
LIVE = signal(1, 1, runs=len(SPANS), **WHOLE)
LOG = [signal(2, number, runs=1, low=100, high=100, **span) for number, span in enumerate(SPANS, 1)]


def take(database, *documents, offline=False, now_ms=NOW_MS):
    with database.writing() as connection:
        apply_batches(connection, [batch_of([line(one) for one in documents], is_offline=offline)], now_ms, Limits())


def fill(database):
    """Logs of other workloads, of another workspace and of the same workload, all within the time of the live signal."""
    with database.writing() as connection:
        agent_id = connection.execute(
            agents.insert().values(workspace=WORKSPACE, agent="e" * 32, source="log").returning(agents.c.id)
        ).scalar_one()
        ids = [
            connection.execute(
                problems.insert()
                .values(workspace=workspace, workload=workload, signature=f"{number:032x}", cause="python-udf")
                .returning(problems.c.id)
            ).scalar_one()
            for number, (workspace, workload) in enumerate(
                [(WORKSPACE, "job:1"), ("9876543210", LIVE["workload"]), (WORKSPACE, LIVE["workload"])], 100
            )
        ]
        length = WHOLE["end_at_ms"] - WHOLE["start_at_ms"] - 1
        rows = [
            {
                "agent_id": agent_id, "sequence": number, "problem_id": ids[number % 3], "arrived_at_ms": NOW_MS,
                "start_at_ms": WHOLE["start_at_ms"], "end_at_ms": WHOLE["start_at_ms"] + number % length,
                "content_hash": bytes(32), "line": b"{}", "is_offline": True,
            }
            for number in range(1, MANY + 1)
        ]  # fmt: skip
        connection.execute(signals.insert(), rows)
        if not database.is_sqlite:
            connection.exec_driver_sql("ANALYZE")


def looked(database, *documents, words=("is_offline", "DISTINCT", "JOIN problems"), offline=False):
    """The statements with these words as documents come, with their parameters: those by which live signals look for logs."""
    seen = []

    def told(_connection, _cursor, statement, parameters, _context, _many):
        if all(word in statement for word in words):
            seen.append((statement, parameters))

    event.listen(database.writing_engine, "before_cursor_execute", told)
    take(database, *documents, offline=offline)
    event.remove(database.writing_engine, "before_cursor_execute", told)
    return seen


def rows_read(plan):
    """Of a plan of PostgreSQL: what its scans found and threw away."""
    below = sum(rows_read(one) for one in plan.get("Plans", ()))
    if "Scan" not in plan["Node Type"]:
        return below
    rows = plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0)
    return below + rows * plan["Actual Loops"]


def test_logs_beside_are_found_by_the_milliseconds_in_which_live_signals_end(database):
    fill(database)
    take(database, *LOG, offline=True)
    asked = looked(database, LIVE)
    assert len(asked) == 1
    with database.reading() as connection:
        assert connection.scalar(select(func.count()).where(signals.c.left_out != "")) == len(LOG)
        for statement, parameters in asked:
            if database.is_sqlite:
                plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
                first, second = [row[3] for row in plan if row[3].startswith(("SEARCH", "SCAN"))]
                assert first.startswith("SEARCH signals USING INDEX ix_signals_offline_end_at_ms (end_at_ms=?"), plan
                assert second.startswith("SEARCH problems USING INTEGER PRIMARY KEY"), plan
            else:
                told = connection.exec_driver_sql(
                    f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", parameters
                ).scalar_one()
                # Three of the log, and what of the others ends in the same milliseconds; their problems beside them.
                assert rows_read(told[0]["Plan"]) <= 40, told


def test_a_run_of_a_log_looks_for_no_live_signal_that_began_after_it(database):
    """A log may come in any order: what of it came before has looked for its own."""
    later = [{"start_at_ms": NOW_MS - 5_000 + 100 * n, "end_at_ms": NOW_MS - 4_950 + 100 * n} for n in range(40)]
    take(database, *(signal(1, number, runs=1, **span) for number, span in enumerate(later, 1)))
    take(database, *(signal(2, number, runs=1, **span) for number, span in enumerate(later, 1)), offline=True)
    first = signal(2, 99, runs=1, **SPANS[0])
    asked = looked(database, first, words=("SELECT signals.start_at_ms, signals.end_at_ms", "is_offline"), offline=True)
    assert asked
    with database.reading() as connection:
        found = [row for statement, told in asked for row in connection.exec_driver_sql(statement, told)]
        assert found == []
        assert connection.scalar(select(func.count()).where(signals.c.left_out != "")) == len(later)


@pytest.mark.parametrize("is_log_first", [True, False])
def test_a_late_signal_brings_what_the_bill_replaces_to_what_is_in_the_sums_at_once(database, is_log_first):
    later_ms = NOW_MS + 3 * DAY_MS
    take(database, signal(1, 9, end_at_ms=NOW_MS - 20 * DAY_MS), now_ms=later_ms)
    hour = WHOLE["end_at_ms"] // HOUR_MS
    with database.writing() as connection:
        tell_hours(connection, 1, LIVE["cluster"], [hour])
    for is_offline in (is_log_first, not is_log_first):
        take(database, *(LOG if is_offline else [LIVE]), offline=is_offline, now_ms=later_ms)
        with database.writing() as connection:
            at_once = exposure(connection)
            settle(connection)
            assert exposure(connection) == at_once
    with database.reading() as connection:
        day = select(problem_days).where(problem_days.c.day == WHOLE["end_at_ms"] // DAY_MS)
        (row,) = connection.execute(day).mappings()
    assert row["exposure_high_microusd"] == row["replaced_high_microusd"] == 340


def test_a_signal_of_hours_that_no_bill_can_tell_yet_asks_for_no_line_of_it(database):
    seen = []
    event.listen(database.writing_engine, "before_cursor_execute", lambda *told: seen.append(told[2]))
    take(database, LIVE)
    take(database, *LOG, offline=True)
    assert seen
    assert not [statement for statement in seen if "bill_shares" in statement]

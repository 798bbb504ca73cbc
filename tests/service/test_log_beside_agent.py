"""A log of what an agent watched, on both databases: once, also where both are stored at the same moment."""

from __future__ import annotations

import threading
import time

import pytest
from ingest_samples import NOW_MS, line, signal
from sqlalchemy import func, select, text

from clusop.service.ingest.apply import apply_batches
from clusop.service.ingest.batch import batch_of
from clusop.service.ingest.limits import Limits
from clusop.service.ingest.recount import differences
from clusop.service.store.tables.problems import problems, signals

SPANS = [{"start_at_ms": NOW_MS - begin, "end_at_ms": NOW_MS - begin + 500} for begin in (9_000, 6_000, 3_000)]
WHOLE = {"start_at_ms": SPANS[0]["start_at_ms"], "end_at_ms": SPANS[-1]["end_at_ms"]}
BEFORE = signal(1, 1, runs=2, task_key="load", start_at_ms=NOW_MS - 90_000, end_at_ms=NOW_MS - 80_000)
LIVE = signal(1, 2, runs=len(SPANS), task_key="load", **WHOLE)
LOG = [signal(2, number, problem=5, runs=1, task_key="", **span) for number, span in enumerate(SPANS, 1)]


def apply(connection, *documents, offline=False):
    apply_batches(connection, [batch_of([line(one) for one in documents], is_offline=offline)], NOW_MS, Limits())


def check(database):
    with database.reading() as connection:
        assert differences(connection) == []
        assert connection.scalar(select(func.sum(problems.c.run_count))) == BEFORE["runs"] + len(SPANS)
        left_out = select(func.count()).select_from(signals).where(signals.c.left_out == "told-live")
        assert connection.scalar(left_out) == len(LOG)


@pytest.mark.parametrize("is_log_first", [True, False])
def test_it_counts_once_whichever_comes_first(database, is_log_first):
    with database.writing() as connection:
        apply(connection, BEFORE)
    for offline in (is_log_first, not is_log_first):
        with database.writing() as connection:
            apply(connection, *(LOG if offline else [LIVE]), offline=offline)
    check(database)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("is_log_first", [True, False])
def test_it_counts_once_where_one_is_not_committed_yet_as_the_other_comes(database, is_log_first):
    with database.writing() as connection:
        apply(connection, BEFORE)
    done = []

    def second():
        with database.writing() as connection:
            apply(connection, *([LIVE] if is_log_first else LOG), offline=not is_log_first)
        done.append(True)

    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    thread = threading.Thread(target=second)
    with database.writing() as connection:
        apply(connection, *(LOG if is_log_first else [LIVE]), offline=is_log_first)
        thread.start()
        until_s = time.monotonic() + 60
        while not connection.scalar(waiting) and time.monotonic() < until_s:
            time.sleep(0.02)
        assert connection.scalar(waiting)
    thread.join(60)
    assert done == [True]
    check(database)

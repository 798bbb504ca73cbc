"""What is forgotten leaves its sums behind, and never comes back as new (SPEC P11)."""

from __future__ import annotations

import json

import pytest
from ingest_samples import DAY_MS, NOW_MS, agent_id, agent_state, line, signal, usage_hour
from sqlalchemy import func, select

from clusop.service.ingest.apply import apply_batches
from clusop.service.ingest.batch import batch_of
from clusop.service.ingest.flatten import MOST
from clusop.service.ingest.limits import Limits
from clusop.service.ingest.seen import SUMS
from clusop.service.retention import retention
from clusop.service.retention.retention import UnforgottenError, forget
from clusop.service.store.tables.agents import agent_days, agents, other_records, usage_hours
from clusop.service.store.tables.problems import problem_days, problems, signals

LIMITS = Limits(retain_days=40)


def deliver(database, documents, now_ms):
    with database.writing() as connection:
        return apply_batches(connection, [batch_of([line(one) for one in documents])], now_ms, LIMITS)[0]


def count_of(database, table):
    with database.reading() as connection:
        return connection.scalar(select(func.count()).select_from(table))


def records_of(agent, at_ms):
    hour_at_ms = at_ms // 3_600_000 * 3_600_000
    return [
        signal(agent, 1, end_at_ms=at_ms, problem=agent % 5),
        usage_hour(agent, 3, hour_at_ms=hour_at_ms, native_ms=None if agent % 2 else 7),
        agent_state(agent, 4, at_ms=at_ms, started_at_ms=at_ms, final=agent % 3 != 0, losses={"ring-overflow": 2}),
    ]


def sums_of(database):
    with database.reading() as connection:
        return [
            sorted(tuple(row[name] for name in SUMS) for row in connection.execute(select(table)).mappings())
            for table in (problems, problem_days)
        ]


def test_signals_and_agents_go_and_sums_stay(database):
    first = [one for agent in range(1, 31) for one in records_of(agent, NOW_MS)]
    deliver(database, first, NOW_MS)
    before = sums_of(database)
    later_ms = NOW_MS + 50 * DAY_MS
    deliver(database, records_of(99, later_ms), later_ms)
    assert forget(database, later_ms, 40, 7) == (30, 30)
    assert forget(database, later_ms, 40, 7) == (0, 0)
    assert [count_of(database, table) for table in (signals, agents, other_records, usage_hours)] == [1, 1, 2, 1]
    deliver(database, first, later_ms)
    after = sums_of(database)
    assert sum(row[0] for row in after[0]) == sum(row[0] for row in before[0]) + 1
    with database.reading() as connection:
        day = connection.execute(select(agent_days)).one()
        assert connection.scalar(select(func.count()).where(problems.c.evidence.is_not(None))) == 5
    assert (day.compute, day.day, day.agent_count, day.without_goodbye) == ("job:42", NOW_MS // DAY_MS, 30, 10)
    assert (day.signal_count, day.missing_count, json.loads(day.losses)) == (30, 30, {"ring-overflow": 60})
    assert (day.busy_ms, day.native_ms, day.native_unknown_ms) == (300_000, 15 * 7, 150_000)


def test_an_event_log_that_goes_leaves_no_agent_behind_that_said_no_goodbye(database):
    with database.writing() as connection:
        apply_batches(connection, [batch_of([line(signal(1, 1))], is_offline=True)], NOW_MS, LIMITS)
    deliver(database, [signal(2, 1)], NOW_MS)
    later_ms = NOW_MS + 50 * DAY_MS
    deliver(database, records_of(99, later_ms), later_ms)
    assert forget(database, later_ms, 40, 7) == (2, 2)
    with database.reading() as connection:
        days = connection.execute(select(agent_days)).all()
    assert sum(day.signal_count for day in days) == 2
    assert [sum(getattr(day, name) for day in days) for name in ("agent_count", "without_goodbye")] == [1, 1]


def greatest_records_of(agent, at_ms):
    """All that is counted as great as the wire lets it be."""
    hour_at_ms = at_ms // 3_600_000 * 3_600_000
    told = dict.fromkeys(("busy_ms", "native_ms", "non_sql_ms", "failed_ms", "lost_ms"), MOST)
    told |= {"armed_since_at_ms": hour_at_ms - 3_600_000, "slot_ms": {"i3.xlarge": MOST}}
    return [
        usage_hour(agent, 1, hour_at_ms=hour_at_ms, **told),
        usage_hour(agent, 2, hour_at_ms=hour_at_ms - 3_600_000, **(told | {"native_ms": None})),
        agent_state(agent, 3, at_ms=at_ms, started_at_ms=at_ms, losses={"ring-overflow": MOST}),
        signal(agent, MOST, end_at_ms=at_ms, problem=agent),
    ]


def test_the_greatest_integers_stop_there_and_never_retention(database):
    for agent in (1, 2, 3):
        assert deliver(database, greatest_records_of(agent, NOW_MS), NOW_MS).accepted == 4
    # The third is heard of for longer: two go in one run, then one on top of what they left.
    heard_ms = NOW_MS + 10 * DAY_MS
    deliver(database, [agent_state(3, 4, at_ms=heard_ms, started_at_ms=NOW_MS, losses={"closed": 1})], heard_ms)
    for days, gone, losses in ((45, (3, 2), {}), (60, (0, 1), {"closed": 1})):
        assert forget(database, NOW_MS + days * DAY_MS, 40, 7) == gone
        with database.reading() as connection:
            (day,) = connection.execute(select(agent_days)).mappings()
        counted = ("missing_count", "slot_ms", "busy_ms", "native_ms", "native_unknown_ms", "non_sql_ms", "lost_ms")
        assert {name: day[name] for name in counted} == dict.fromkeys(counted, MOST)
        assert json.loads(day["losses"]) == losses | {"ring-overflow": MOST}
    assert day["agent_count"] == 3


def test_a_step_that_fails_keeps_no_other_from_being_done_and_is_told(database, monkeypatch, caplog):
    deliver(database, records_of(1, NOW_MS), NOW_MS)
    later_ms = NOW_MS + 50 * DAY_MS
    done = []

    def fail(*_told):
        raise ArithmeticError("on purpose")

    with monkeypatch.context() as patch:
        patch.setattr(retention, "fold_agents", fail)
        patch.setattr(retention, "forget_decisions", fail)
        for name in ("forget_files", "forget_versions", "forget_messages"):
            patch.setattr(retention, name, lambda *_told, name=name: done.append(name))
        with pytest.raises(UnforgottenError, match=r"not forgotten: agents, decisions$") as told:
            forget(database, later_ms, 40, 7)
    assert isinstance(told.value.__cause__, ArithmeticError)
    assert done == ["forget_files", "forget_versions", "forget_messages"]
    assert (count_of(database, signals), count_of(database, agents)) == (0, 1)
    assert [one.getMessage() for one in caplog.records if "retention" in one.getMessage()] == [
        "retention: forgetting agents failed",
        "retention: forgetting decisions failed",
    ]
    # What came in the way is over: the next run does the rest.
    assert forget(database, later_ms, 40, 7) == (0, 1)


def test_what_was_forgotten_is_too_old_for_ever(database):
    records = records_of(1, NOW_MS)
    deliver(database, records, NOW_MS)
    later_ms = NOW_MS + 50 * DAY_MS
    forget(database, later_ms, 40, 7)
    receipt = deliver(database, records, later_ms)
    assert [one.reason for one in receipt.refused] == ["too-old"] * 3
    # The agent wakes up: what is new is taken, what came before its row is not.
    receipt = deliver(database, [*records, signal(1, 9, end_at_ms=later_ms)], later_ms)
    assert (receipt.accepted, [one.reason for one in receipt.refused]) == (1, ["too-old"] * 3)
    assert deliver(database, records, later_ms).accepted == 0
    # Nor does keeping more from now on make it young again.
    with database.writing() as connection:
        again = apply_batches(
            connection, [batch_of([line(signal(2, 1, end_at_ms=NOW_MS))])], later_ms, Limits(retain_days=400)
        )[0]
    assert again.accepted == 0


def test_a_repetition_after_its_signal_is_forgotten_is_still_known(database):
    deliver(database, [signal(1, 1, end_at_ms=NOW_MS)], NOW_MS)
    for days in range(10, 60, 10):
        at_ms = NOW_MS + days * DAY_MS
        deliver(database, [agent_state(1, 1 + days, at_ms=at_ms, started_at_ms=NOW_MS)], at_ms)
    forget(database, at_ms, 40, 7)
    assert (count_of(database, signals), count_of(database, agents)) == (0, 1)
    receipt = deliver(database, [signal(1, 1, end_at_ms=NOW_MS)], at_ms)
    assert (receipt.accepted, receipt.known, receipt.refused) == (0, 1, ())


@pytest.mark.parametrize("per_day", [60])
def test_job_clusters_do_not_grow_the_table_past_its_horizon(database, per_day):
    """12,055 job clusters a day are 4.4 million a year; here the same at one two-hundredth of it."""
    most = 0
    days = 120
    for day in range(days):
        now_ms = NOW_MS + day * DAY_MS
        documents = [agent_state(day * per_day + n + 1, 1, at_ms=now_ms, started_at_ms=now_ms) for n in range(per_day)]
        deliver(database, documents, now_ms)
        if day % 10 == 9:
            forget(database, now_ms, 40, 7)
        most = max(most, count_of(database, agents))
    assert most <= (40 + 1 + 10) * per_day
    assert count_of(database, other_records) == count_of(database, agents)
    with database.reading() as connection:
        folded = connection.scalar(select(func.sum(agent_days.c.agent_count)))
        row_count = connection.scalar(select(func.count()).select_from(agent_days))
    assert folded + count_of(database, agents) == days * per_day
    assert row_count <= days


def test_gaps_are_counted_and_bounded(database):
    documents = [signal(1, sequence) for sequence in range(1, 21, 2)]
    with database.writing() as connection:
        receipt = apply_batches(connection, [batch_of([line(one) for one in documents])], NOW_MS, Limits(most_gaps=5))[
            0
        ]
    assert (receipt.accepted, {one.reason for one in receipt.refused}) == (5, {"too-many-gaps"})
    with database.reading() as connection:
        row = connection.execute(select(agents)).one()
    assert (row.agent, row.accepted) == (agent_id(1), "[[1,1],[3,3],[5,5],[7,7],[9,9]]")


def test_at_the_bound_whatever_opens_no_other_gap_is_taken(database):
    def sent(*sequences):
        batch = batch_of([line(signal(1, sequence)) for sequence in sequences])
        with database.writing() as connection:
            (receipt,) = apply_batches(connection, [batch], NOW_MS, Limits(most_gaps=5))
        return receipt.accepted, [one.sequence for one in receipt.refused]

    assert sent(1, 4, 7, 11, 15) == (5, [])
    assert sent(9, 20) == (0, [9, 20])
    # Beside an interval, at its other end, and between two of them, which makes room for one more.
    assert sent(2, 14, 3, 20) == (4, [])
    with database.reading() as connection:
        assert connection.scalar(select(agents.c.accepted)) == "[[1,4],[7,7],[11,11],[14,15],[20,20]]"

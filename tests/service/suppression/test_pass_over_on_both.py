"""A pass on both databases: what is written, and that it is written whole or not at all."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import replace

import pytest
from pass_desk import DAY_MS, channels
from sqlalchemy import text

from clusop.service.actor import Actor
from clusop.service.problems.exclusion_changes import add_exclusion
from clusop.service.problems.exclusions import Exclusion
from clusop.service.store.alone import alone
from clusop.service.store.tables.problems import problem_days
from clusop.service.suppression import pass_apart, pass_over, withheld_rows
from clusop.service.suppression.gather import candidates


def interrupted(desk):
    with desk.database.writing() as connection:
        assert pass_over(connection, desk.policy, desk.channels, desk.now_ms).cards == 1
        raise InterruptedError


def test_a_problem_is_told_once_with_its_card_in_the_same_transaction(desk):
    told = desk.problem(1)
    assert desk.run().cards == 1
    (row,) = desk.deliveries()
    assert (row.problem_id, row.channel, row.team, row.state) == (told, "all", "pricing", "pending")
    card = json.loads(row.body)["attachments"][0]["content"]
    assert card["body"][0]["text"] == "$600.00–1,800 (modeled) avoidable per 30 days"
    assert card["actions"][0]["url"] == f"https://clusop.example.com/problems/{told}"
    facts = json.loads(row.facts)
    assert facts["avoidable"][0]["low_microusd"] == 600_000_000
    assert facts["rate"] == {"days": 5, "is_known": True, "runs": 5, "span_days": 5, "unpriced_runs": 0}
    assert desk.run(1).cards == 0
    assert desk.withheld(told) == {"message-on-its-way": 1, "told-lately": 1}


def test_a_transaction_that_fails_leaves_neither_card_nor_reason(desk):
    told = desk.problem(1)
    with pytest.raises(InterruptedError):
        interrupted(desk)
    assert desk.deliveries() == []
    assert desk.withheld(told) == {}


def test_a_reason_that_holds_again_takes_up_its_row(desk):
    poor = desk.problem(1, usd=0.01)
    desk.run()
    desk.change(poor, state="acknowledged")
    desk.run(1, min_usd=0)
    desk.change(poor, state="open")
    desk.run(1)
    assert desk.withheld(poor) == {"below-gate": 2}
    assert desk.withheld(poor, current=False) == {"problem-acknowledged": 1}


def test_every_live_problem_is_told_or_has_a_reason(desk):
    ids = [
        desk.problem(
            number,
            usd=(number % 7) * 0.3,
            recommendation=(number * 997) % 10_000,
            team=["pricing", "", "risk"][number % 3],
        )
        for number in range(60)
    ]
    desk.channels = channels(("all", ["*"]), ("pricing", ["pricing"]), ("nobody", ["x"]))
    for _ in range(3):
        desk.run(1_440)
    told = {(row.problem_id, row.channel) for row in desk.deliveries() if row.created_at_ms == desk.now_ms}
    for problem_id in ids:
        assert desk.withheld(problem_id) or problem_id in {each for each, _ in told}


def test_a_person_who_is_quicker_than_the_pass_is_heard(desk):
    quick, slow = desk.problem(1), desk.problem(2)
    with desk.database.reading() as connection:
        live = candidates(connection, desk.policy, desk.now_ms)
    desk.change(quick, state="acknowledged", state_since_at_ms=desk.now_ms)
    with desk.database.writing() as connection:
        assert pass_over(connection, desk.policy, desk.channels, desk.now_ms, live).cards == 1
    assert [row.problem_id for row in desk.deliveries()] == [slow]
    assert desk.withheld(quick) == {"problem-acknowledged": 1}


@pytest.mark.parametrize("cap", [5, 0], ids=["card", "digest"])
def test_an_exclusion_that_is_quicker_than_the_pass_is_heard(desk, cap):
    quick, slow = desk.problem(1), desk.problem(2)
    policy = replace(desk.policy, team_cap=cap)
    with desk.database.reading() as connection:
        live = candidates(connection, policy, desk.now_ms)
    sandbox = Exclusion(field="workload", pattern="job:1", reason="a sandbox")
    desk.database.write(lambda connection: add_exclusion(connection, sandbox, Actor("ana", "person"), desk.now_ms))
    with desk.database.writing() as connection:
        done = pass_over(connection, policy, desk.channels, desk.now_ms, live)
    assert (done.cards, done.digests) == ((1, 0) if cap else (0, 1))
    assert [row.problem_id for row in desk.deliveries()] == [slow] * done.cards
    assert [json.loads(row.facts)["problem_ids"] for row in desk.deliveries("digest")] == [[slow]] * done.digests
    assert "problem-excluded" in desk.withheld(quick)
    assert "problem-excluded" not in desk.withheld(slow)


def test_a_problem_that_is_first_told_of_a_month_late_has_its_reason(desk, monkeypatch):
    monkeypatch.setattr(withheld_rows, "_NEW_AT_ONCE", 2)
    late = [desk.problem(number, last_seen_at_ms=desk.now_ms - (30 + number) * DAY_MS) for number in (1, 2, 3)]
    # As many at once as a pass takes, and each row once.
    for written in (2, 1, 0):
        assert desk.run(1).withheld == written
    assert [desk.withheld(each) for each in late] == [{"not-seen-lately": 1}] * 3
    desk.change(late[0], last_seen_at_ms=desk.now_ms)
    assert desk.run(1).cards == 1
    assert desk.withheld(late[0]) == {}
    assert desk.withheld(late[0], current=False) == {"not-seen-lately": 1}


def test_a_pass_in_two_transactions_does_what_one_does(desk):
    told = desk.problem(1)
    assert pass_apart(desk.database, desk.policy, desk.channels, desk.now_ms).cards == 1
    assert pass_apart(desk.database, desk.policy, desk.channels, desk.now_ms).cards == 0
    assert desk.withheld(told) == {"message-on-its-way": 1, "told-lately": 1}


def test_a_card_that_was_given_up_is_written_again_after_an_hour(desk):
    told = desk.problem(1)
    desk.run()
    desk.settle("dead")
    assert desk.run(1).cards == 0
    assert desk.withheld(told) == {"card-undelivered": 1, "channel-failing": 1}
    assert desk.run(60).cards == 1


def test_a_day_that_only_the_bill_knows_is_no_day_it_was_seen_on(desk):
    told = desk.problem(1, days=2)
    with desk.database.writing() as connection:
        connection.execute(
            problem_days.insert().values(
                problem_id=told, day=desk.now_ms // DAY_MS - 9, derived_low_microusd=1, derived_high_microusd=1
            )
        )
    with desk.database.reading() as connection:
        (candidate,) = candidates(connection, desk.policy, desk.now_ms)
    assert (candidate.sums.days, candidate.sums.first_day) == (2, desk.now_ms // DAY_MS - 1)


def test_a_pass_whose_lease_ran_out_under_it_is_waited_for_and_its_card_not_written_again(desk):
    desk.problem(1)
    if desk.database.is_sqlite:
        pytest.skip("SQLite has one writer: the second pass cannot begin before the first has ended")
    done = []
    second = threading.Thread(
        target=lambda: done.append(pass_apart(desk.database, desk.policy, desk.channels, desk.now_ms))
    )
    with desk.database.writing() as connection:
        alone(connection, "messages")
        assert pass_over(connection, desk.policy, desk.channels, desk.now_ms).cards == 1
        second.start()
        waiting = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
        until = time.monotonic() + 60
        while not connection.scalar(waiting) and time.monotonic() < until:
            time.sleep(0.02)
        assert connection.scalar(waiting) == 1
    second.join(60)
    assert [one.cards for one in done] == [0]
    assert len(desk.deliveries()) == 1

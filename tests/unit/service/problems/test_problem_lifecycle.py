"""What people do to a problem: each step leaves its trace, nobody overwrites another, and a snooze ends."""

from __future__ import annotations

import json
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from clusop.errors import InputError
from clusop.reasons import Reason
from clusop.service.actor import Actor
from clusop.service.problems.lifecycle import MAX_SNOOZE_MS, change, is_visible, wake
from clusop.service.problems.states import CHANGES, STATES, Change, allowed, next_state
from clusop.service.store.tables.access import audit
from clusop.service.store.tables.problems import problem_events

NOW_MS = 1_790_000_000_000
ANA = Actor("ana@example.com", "person")
BOT = Actor("ci", "token")


def do(database, problem_id, kind, seen, **more):
    actor, reason = more.pop("actor", ANA), more.pop("reason", "we know")
    with database.writing() as connection:
        return change(connection, problem_id, Change(kind, reason, seen, **more), actor, NOW_MS)


def traces(database, problem_id):
    with database.reading() as connection:
        events = connection.execute(
            select(problem_events).where(problem_events.c.problem_id == problem_id).order_by(problem_events.c.id)
        ).mappings()
        lines = connection.execute(
            select(audit).where(audit.c.target == f"problem:{problem_id}").order_by(audit.c.id)
        ).mappings()
        return events.all(), lines.all()


@pytest.mark.parametrize(
    "step",
    [
        ("open", "acknowledge", "acknowledged"),
        ("came-back", "acknowledge", "acknowledged"),
        ("snoozed", "acknowledge", "acknowledged"),
        ("open", "snooze", "snoozed"),
        ("snoozed", "snooze", "snoozed"),
        ("acknowledged", "resolve", "resolved"),
        ("came-back", "resolve", "resolved"),
        ("resolved", "reopen", "open"),
        ("came-back", "reopen", "open"),
    ],
)
def test_a_change_is_written_with_its_event_and_audit_line(database, a_problem, problem_row, step):
    start, kind, after = step
    problem_id = a_problem(state=start)
    until = {"until_at_ms": NOW_MS + 1000} if kind == "snooze" else {}
    assert do(database, problem_id, kind, start, **until) is None
    row = problem_row(problem_id)
    assert [row["state"], row["state_by"], row["state_reason"]] == [after, "ana@example.com", "we know"]
    assert row["state_since_at_ms"] == NOW_MS
    assert row["state_until_at_ms"] == until.get("until_at_ms")
    (event,), (line,) = traces(database, problem_id)
    assert [event["actor"], event["actor_kind"], event["reason"]] == ["ana@example.com", "person", "we know"]
    assert [line["action"], line["actor"], line["reason"]] == [f"problem.{kind}", "ana@example.com", "we know"]
    assert json.loads(line["detail"]) == {"from": start, "to": after} | until


@pytest.mark.parametrize(
    ("start", "kind"),
    [("open", "reopen"), ("resolved", "resolve"), ("resolved", "snooze"), ("resolved", "acknowledge")],
)
def test_what_cannot_be_done_in_a_state_is_refused_and_leaves_no_trace(database, a_problem, problem_row, start, kind):
    problem_id = a_problem(state=start)
    until = {"until_at_ms": NOW_MS + 1000} if kind == "snooze" else {}
    refused = do(database, problem_id, kind, start, **until)
    assert isinstance(refused, Reason)
    assert refused.id == "change-not-possible"
    assert start in refused.sentence
    assert problem_row(problem_id)["state"] == start
    assert traces(database, problem_id) == ([], [])


@given(st.sampled_from(STATES), st.sampled_from(CHANGES))
def test_the_buttons_are_what_can_be_done(state, kind):
    assert (kind in allowed(state)) == (not isinstance(next_state(state, kind), Reason))


def test_every_state_can_be_left_and_none_but_the_roll_up_makes_a_problem_come_back():
    assert all(allowed(state) for state in STATES)
    assert "came-back" not in {next_state(state, kind) for state in STATES for kind in CHANGES}


def test_the_second_of_two_people_is_told_and_nothing_is_overwritten(database, a_problem, problem_row):
    problem_id = a_problem()
    assert do(database, problem_id, "resolve", "open") is None
    refused = do(database, problem_id, "snooze", "open", actor=BOT, until_at_ms=NOW_MS + 5000)
    assert refused.id == "problem-changed"
    assert "resolved now by ana@example.com" in refused.sentence
    assert problem_row(problem_id)["state"] == "resolved"
    assert len(traces(database, problem_id)[0]) == 1


def test_a_state_that_was_left_and_entered_again_is_not_the_state_somebody_saw(database, a_problem):
    problem_id = a_problem()
    seen_since = NOW_MS - 1000
    assert do(database, problem_id, "acknowledge", "open", seen_since_at_ms=seen_since) is None
    # in the same millisecond: still another state
    assert do(database, problem_id, "reopen", "acknowledged") is None
    assert do(database, problem_id, "resolve", "open", seen_since_at_ms=seen_since).id == "problem-changed"
    assert do(database, problem_id, "resolve", "open", seen_since_at_ms=NOW_MS + 1) is None


def test_of_many_people_at_once_exactly_one_gets_through(database, a_problem):
    problem_id = a_problem()
    answers = []
    people = [
        threading.Thread(
            target=lambda n=n: answers.append(
                do(database, problem_id, "acknowledge", "open", actor=Actor(f"p{n}", "person"))
            )
        )
        for n in range(8)
    ]
    for one in people:
        one.start()
    for one in people:
        one.join()
    assert sorted(str(answer and answer.id) for answer in answers) == ["None"] + ["problem-changed"] * 7
    assert len(traces(database, problem_id)[1]) == 1


def test_a_problem_that_is_not_there(database):
    assert do(database, 99, "resolve", "open").id == "unknown-problem"


def test_a_problem_of_another_workspace_cannot_be_seen(database, a_problem):
    problem_id = a_problem(workspace="42")
    with database.reading() as connection:
        assert [is_visible(connection, problem_id, workspace) for workspace in ("*", "42", "43")] == [True, True, False]


@pytest.mark.parametrize("reason", ["", "   ", "\x00\x07\n", "\u202e\u200b", "x" * 1001])
def test_a_reason_is_required_and_bounded(database, a_problem, problem_row, reason):
    problem_id = a_problem()
    with pytest.raises(InputError, match=r"^reason: "):
        do(database, problem_id, "resolve", "open", reason=reason)
    assert problem_row(problem_id)["state"] == "open"


def test_control_characters_and_turned_text_do_not_get_in(database, a_problem, problem_row):
    problem_id = a_problem()
    assert do(database, problem_id, "resolve", "open", reason="fixed\x00 in\r\nPR\u202e 12\ud800") is None
    assert problem_row(problem_id)["state_reason"] == "fixed in PR 12"


@pytest.mark.parametrize(
    ("kind", "until_at_ms"),
    [
        ("snooze", None),
        ("snooze", NOW_MS),
        ("snooze", -5),
        ("snooze", NOW_MS + MAX_SNOOZE_MS + 1),
        ("snooze", 2**80),
        ("resolve", NOW_MS + 1),
    ],
)
def test_only_a_snooze_ends_and_within_a_year(database, a_problem, kind, until_at_ms):
    with pytest.raises(InputError, match=r"^until_at_ms: "):
        do(database, a_problem(), kind, "open", until_at_ms=until_at_ms)


def test_a_year_ahead_is_just_allowed(database, a_problem, problem_row):
    problem_id = a_problem()
    assert do(database, problem_id, "snooze", "open", until_at_ms=NOW_MS + MAX_SNOOZE_MS) is None
    assert problem_row(problem_id)["state"] == "snoozed"


def test_a_snooze_wakes_when_it_is_over_and_not_before(database, a_problem, problem_row):
    early, late = a_problem(), a_problem()
    do(database, early, "snooze", "open", until_at_ms=NOW_MS + 1000)
    do(database, late, "snooze", "open", until_at_ms=NOW_MS + 2000)
    resolved = a_problem(state="resolved", state_until_at_ms=NOW_MS)
    with database.writing() as connection:
        assert wake(connection, NOW_MS + 999) == 0
        assert wake(connection, NOW_MS + 1000) == 1
        assert wake(connection, NOW_MS + 1000) == 0
    assert [problem_row(one)["state"] for one in (early, late, resolved)] == ["open", "snoozed", "resolved"]
    assert problem_row(early)["state_until_at_ms"] is None
    events, lines = traces(database, early)
    assert [event["kind"] for event in events] == ["snoozed", "woke"]
    assert [lines[-1]["actor"], lines[-1]["actor_kind"]] == ["clusop", "clusop"]


def test_more_snoozes_than_are_woken_at_once_all_wake(database, a_problem):
    for _ in range(3):
        a_problem(state="snoozed", state_until_at_ms=NOW_MS - 1)
    with database.writing() as connection:
        connection.exec_driver_sql(
            "INSERT INTO problems (workspace, signature, state, state_until_at_ms) WITH RECURSIVE n(i) AS "
            "(SELECT 1000 UNION ALL SELECT i + 1 FROM n WHERE i < 2200) SELECT '42', i, 'snoozed', 5 FROM n"
        )
    with database.writing() as connection:
        assert wake(connection, NOW_MS) == 3 + 1201


def test_nothing_is_written_when_the_transaction_around_it_fails(database, a_problem, problem_row):
    problem_id = a_problem()

    def half_done() -> None:
        with database.writing() as connection:
            assert change(connection, problem_id, Change("resolve", "done", "open"), ANA, NOW_MS) is None
            raise RuntimeError("the power goes")

    with pytest.raises(RuntimeError):
        half_done()
    assert problem_row(problem_id)["state"] == "open"
    assert traces(database, problem_id) == ([], [])

"""The outbox on both databases, against a receiver that checks what Teams checks: at most once, whatever happens."""

from __future__ import annotations

import itertools
import threading

import pytest
from card_samples import HOSTILE
from sqlalchemy import event

from clusop.reasons import Reason
from clusop.service.schedule.jobs import jobs_of
from clusop.service.settings.settings import resolve
from clusop.service.teams.outbox import send_due
from clusop.service.teams.outcome import Fate, Outcome, unreached
from clusop.service.teams.settled import LEASE_MS, MOST_TRIES, claim, settle

# What does not depend on the database.
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def sent(database, channels, clock, **more):
    return dict(send_due(database, channels, clock, pause=clock.pause, **more))


def test_a_message_is_taken_and_said_to_be_no_more_than_that(box):
    box.waiting()
    assert sent(box.database, [box.channel], box.clock) == {"accepted": 1}
    (row,) = box.rows()
    assert (row.state, row.status, row.attempt_count) == ("accepted", 202, 1)
    assert "not that it was posted" in row.sentence
    assert box.teams.taken[0].faults == ()
    assert sent(box.database, [box.channel], box.clock) == {}
    assert len(box.teams.got) == 1


def test_one_message_a_second_to_one_address_whatever_the_channels_are_called(box):
    other = box.channel_to(box.teams.url, "risk")
    box.waiting(3)
    box.waiting(2, channel="risk")
    moments = []

    def post(_channel, _address, _body, now_s):
        moments.append(now_s)
        return Outcome(Fate.ACCEPTED, Reason("message-accepted", "202"), 202)

    assert sent(box.database, [box.channel, other], box.clock, post=post) == {"accepted": 5}
    assert all(later - earlier >= 1 for earlier, later in itertools.pairwise(moments))
    assert box.clock.pauses == [1.0] * 4


def test_where_nothing_is_due_the_messages_of_the_past_are_left_alone(box):
    """Every two seconds, for ever, while others wait to write: it must not cost more the more was ever sent."""
    box.waiting(3)
    sent(box.database, [box.channel], box.clock)
    asked = []
    event.listen(box.database.writing_engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
    assert sent(box.database, [box.channel], box.clock) == {}
    assert asked
    assert not [statement for statement in asked if "max(deliveries.sending_since_at_ms)" in statement]


@ON_SQLITE
def test_a_call_ends_in_time_and_the_next_goes_on(database, channel, clock, waiting, rows):
    waiting(30)

    def post(*_told):
        return Outcome(Fate.ACCEPTED, Reason("message-accepted", "202"), 202)

    first = sent(database, [channel], clock, post=post)["accepted"]
    assert 15 <= first <= 21
    clock.now_ms += 5_000
    sent(database, [channel], clock, post=post)
    assert {row.attempt_count for row in rows()} == {1}
    assert {row.state for row in rows()} == {"accepted"}


@ON_SQLITE
@pytest.mark.parametrize(
    ("behaviour", "state"),
    [
        ({"mode": "status", "status": 500}, "unconfirmed"),
        ({"mode": "status", "status": 503}, "unconfirmed"),
        ({"mode": "status", "status": 404}, "dead"),
        ({"mode": "status", "status": 302, "headers": (("Location", "http://127.0.0.1:1/"),)}, "dead"),
        ({"mode": "status", "status": 503, "headers": (("Retry-After", "60"),)}, "pending"),
        ({"mode": "status", "status": 429, "headers": (("Retry-After", "60"),)}, "pending"),
        ({"mode": "drop"}, "unconfirmed"),
        ({"mode": "cut"}, "unconfirmed"),
        ({"mode": "garbage"}, "unconfirmed"),
    ],
)
def test_what_each_misbehaviour_comes_to(box, behaviour, state):
    from fake_teams import Behaviour

    box.waiting()
    box.teams.behave(Behaviour(**behaviour))
    sent(box.database, [box.channel], box.clock)
    (row,) = box.rows()
    assert row.state == state
    assert row.sentence
    # Only what nobody took is sent again.
    box.teams.behave(Behaviour())
    box.clock.now_ms += 3_600_000
    sent(box.database, [box.channel], box.clock)
    assert len(box.teams.got) == (2 if state == "pending" else 1)
    assert box.rows()[0].state == ("accepted" if state == "pending" else state)


def test_who_asks_to_wait_is_waited_for_by_all_messages(box):
    from fake_teams import Behaviour

    box.waiting(3)
    box.teams.behave(Behaviour("status", 429, (("Retry-After", "300"),)))
    sent(box.database, [box.channel], box.clock)
    assert len(box.teams.got) == 1
    assert {row.due_at_ms for row in box.rows()} == {box.clock.now_ms + 300_000}
    box.clock.now_ms += 299_000
    box.teams.behave(Behaviour())
    assert sent(box.database, [box.channel], box.clock) == {}
    box.clock.now_ms += 1_000
    assert sent(box.database, [box.channel], box.clock) == {"accepted": 3}


@ON_SQLITE
def test_an_address_nobody_listens_at_is_tried_with_growing_waits_and_given_up(
    database, channel_to, clock, waiting, rows
):
    channel = channel_to("http://127.0.0.1:9/workflows/x?sig=TOPSECRET")
    waiting()
    waits = []
    while rows()[0].state == "pending":
        before_ms = clock.now_ms = max(clock.now_ms, rows()[0].due_at_ms)
        sent(database, [channel], clock)
        waits.append((rows()[0].due_at_ms - before_ms) // 1000)
    (row,) = rows()
    assert (row.state, row.attempt_count) == ("dead", MOST_TRIES)
    assert waits[:-1] == [30, 60, 120, 240, 480, 960, 1_920, 3_600, 3_600]
    assert "10 tries" in row.sentence
    assert "TOPSECRET" not in row.sentence


@ON_SQLITE
@pytest.mark.parametrize(
    "address",
    [
        "https://169.254.169.254/latest?sig=TOPSECRET",
        "https://evil.example/?sig=TOPSECRET",
        "http://10.0.0.1/?sig=TOPSECRET",
        "https://localhost/?sig=TOPSECRET",
    ],
)
def test_a_refused_address_is_no_address_and_is_never_shown(box, address):
    box.waiting()
    sent(box.database, [box.channel_to(address)], box.clock)
    (row,) = box.rows()
    assert row.state == "pending"
    assert "none that clusop sends to" in row.sentence
    assert "TOPSECRET" not in repr(row)


@ON_SQLITE
def test_a_missing_address_waits_for_somebody_to_mend_it(box, monkeypatch):
    box.waiting()
    monkeypatch.delenv("URL_OF_PRICING")
    sent(box.database, [box.channel], box.clock)
    assert "URL_OF_PRICING is not set" in box.rows()[0].sentence
    monkeypatch.setenv("URL_OF_PRICING", box.teams.url)
    box.clock.now_ms += 60_000
    assert sent(box.database, [box.channel], box.clock) == {"accepted": 1}


@ON_SQLITE
def test_a_channel_that_is_gone_leaves_dead_letters(database, channel, clock, waiting, rows):
    waiting(channel="removed")
    assert sent(database, [channel], clock) == {"dead": 1}
    assert rows()[0].sentence == Reason("channel-gone").sentence


def test_a_row_left_in_sending_becomes_unconfirmed_and_is_not_sent(box):
    box.waiting(state="sending", sending_since_at_ms=box.clock.now_ms, attempt_count=1)
    box.clock.now_ms += LEASE_MS - 1
    assert sent(box.database, [box.channel], box.clock) == {}
    box.clock.now_ms += 1
    assert sent(box.database, [box.channel], box.clock) == {"unconfirmed": 1}
    assert box.rows()[0].sentence == Reason("sender-stopped").sentence
    assert box.teams.got == []


def test_an_answer_after_the_lease_still_counts_but_never_to_send_again(database, clock, waiting, rows):
    waiting(2)
    names = ["pricing"]
    claimed = []
    for _ in range(2):
        with database.writing() as connection:
            claimed.append(claim(connection, names, clock.now_ms))
        clock.now_ms += 1_000
    clock.now_ms += LEASE_MS
    sent(database, [], clock)
    for one, outcome in zip(
        claimed,
        (Outcome(Fate.ACCEPTED, Reason("message-accepted", "202"), 202), unreached(Reason("not-reached", "x"))),
        strict=True,
    ):
        with database.writing() as connection:
            settle(connection, one, outcome, clock.now_ms)
    assert [row.state for row in rows()] == ["accepted", "unconfirmed"]


def test_many_senders_at_once_send_every_message_once(database, channel, clock, waiting, rows):
    waiting(8)
    bodies = []
    lock = threading.Lock()

    def post(_channel, _address, body, _now_s):
        with lock:
            bodies.append(body)
        return Outcome(Fate.ACCEPTED, Reason("message-accepted", "202"), 202)

    senders = [
        threading.Thread(target=sent, args=(database, [channel], clock), kwargs={"post": post}) for _ in range(6)
    ]
    for one in senders:
        one.start()
    for one in senders:
        one.join()
    assert [row.attempt_count for row in rows()] == [1] * 8
    assert len(bodies) == 8


@ON_SQLITE
def test_one_address_that_hangs_holds_up_no_other(box):
    box.waiting(channel="slow")
    box.waiting()
    freed = threading.Event()

    def post(one, _address, _body, _now_s):
        if one.name == "slow":
            assert freed.wait(30)
        else:
            freed.set()
        return Outcome(Fate.ACCEPTED, Reason("message-accepted", "202"), 202)

    slow = box.channel_to(f"{box.teams.url}&x=1", "slow")
    assert sent(box.database, [slow, box.channel], box.clock, post=post) == {"accepted": 2}


@ON_SQLITE
@pytest.mark.parametrize("name", HOSTILE)
def test_a_receiver_that_checks_takes_the_card_of_a_hostile_name(box, name):
    from card_samples import hostile_facts

    from clusop.service.teams.envelope import wire
    from clusop.service.teams.problem_card import problem_card

    box.waiting(body=wire(problem_card(hostile_facts(name))))
    assert sent(box.database, [box.channel], box.clock) == {"accepted": 1}
    assert box.teams.taken[0].faults == ()


@ON_SQLITE
def test_in_quiet_hours_nothing_leaves_whenever_it_was_written(box, tmp_path, monkeypatch):
    monkeypatch.setenv("NOWHERE", "")
    channel = "channels:\n  - {name: all, url: 'env:NOWHERE', teams: ['*']}\n"
    box.waiting(channel="all")

    def tried(gate):
        config = tmp_path / "clusop.yaml"
        config.write_text(channel + gate)
        (job,) = [one for one in jobs_of(resolve(config=str(config)), box.clock) if one.name == "outbox"]
        job.run(box.database, box.clock.now_ms)
        return box.rows()[0].attempt_count

    today = f"{box.clock.now_at():%a}".lower()
    assert tried(f"gate:\n  quiet_hours: {{days: [{today}]}}\n") == 0
    assert tried("") == 1

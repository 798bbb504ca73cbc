"""The torture can fail: by an answer that nobody may paper over, and by kills that met nobody."""

from __future__ import annotations

import threading

import pytest

from sender import Answer, Sender
from torture_agent import WrongAnswerError, wait_s
from torture_stream import DATABASE, REPLICA, Kill, Stream, faults_of, planned


def test_a_receipt_asks_for_no_wait():
    assert wait_s(Answer(200, b"{}", {})) is None


@pytest.mark.parametrize("status", [429, 503])
def test_who_is_told_when_to_come_back_comes_back_then(status):
    assert wait_s(Answer(status, b"", {"retry-after": "7"})) == 7.0


@pytest.mark.parametrize("status", [400, 401, 403, 404, 408, 413, 422, 500, 502, 504])
def test_no_other_answer_is_sent_again(status):
    with pytest.raises(WrongAnswerError, match=str(status)):
        wait_s(Answer(status, b"gone wrong", {"retry-after": "7"}))


@pytest.mark.parametrize("told", [{}, {"retry-after": ""}, {"retry-after": "soon"}])
def test_who_does_not_say_when_to_come_back_is_at_fault(told):
    with pytest.raises(WrongAnswerError, match="without Retry-After"):
        wait_s(Answer(503, b"", told))


def test_a_service_that_has_no_address_yet_is_no_answer():
    with pytest.raises(ConnectionRefusedError):
        Sender("", "token").send([b"{}"])


def test_kills_fall_all_over_the_stream_and_in_its_order():
    wanted = planned(40, 10, seed=1)
    assert [one.what for one in wanted].count(DATABASE) == 10
    shares = [one.share for one in wanted]
    assert shares == sorted(shares)
    assert 0 < shares[0] < 0.2
    assert 0.6 < shares[-1] < 1


@pytest.mark.parametrize(
    ("hits", "wanted", "held"), [(20, 20, True), (18, 20, True), (17, 20, False), (1, 2, False), (0, 1, False)]
)
def test_kills_that_met_nobody_fail_the_run(hits, wanted, held):
    kills = [Kill(REPLICA, 0.5, 3)] * hits + [Kill(REPLICA, 1.0, 0)] * (wanted - hits)
    assert (faults_of(kills, wanted) == []) is held


def test_kills_that_never_happened_fail_the_run_too():
    (sentence,) = faults_of([Kill(REPLICA, 0.5, 3)], 3)
    assert "1 of 3" in sentence


def test_a_kill_waits_for_its_place_and_for_a_request_to_what_it_kills():
    stream = Stream(100)
    may_end = threading.Event()

    def send():
        for replica in (0, 0, 1):
            stream.begin(replica)
            stream.end(replica, 20)
        stream.begin(0)
        stream.begin(1)
        may_end.wait()

    sender = threading.Thread(target=send)
    sender.start()
    assert stream.reached(0.6, 1, [sender]) == 1
    assert stream.reached(0.6, None, [sender]) == 2
    assert stream.share == 0.6
    may_end.set()
    sender.join()


def test_a_kill_that_comes_too_late_met_nobody():
    ended = threading.Thread(target=lambda: None)
    ended.start()
    ended.join()
    assert Stream(10).reached(0.5, 0, [ended]) == 0


def test_nobody_passes_the_place_of_the_next_kill_while_the_last_is_cleared_away():
    stream = Stream(100)
    stream.hold_at(0.5)

    def send():
        for _ in range(10):
            stream.begin(0)
            stream.end(0, 10)

    sender = threading.Thread(target=send)
    sender.start()
    # The sender does nothing but wait here: what it may send it has sent.
    while stream.acknowledged < 50:
        pass
    sender.join(timeout=0.2)
    assert stream.acknowledged == 50
    stream.hold_at(None)
    sender.join()
    assert stream.acknowledged == 100

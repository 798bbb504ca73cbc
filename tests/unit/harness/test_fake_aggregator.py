from __future__ import annotations

import contextlib
import http.client
import json
import threading
import urllib.error
import urllib.request

import pytest

from fake_aggregator import Behaviour, FakeAggregator
from record_checks import RecordChecks

AGENT = "0" * 32
ANY_RECORD = RecordChecks({})


def line(sequence: int, **more: object) -> bytes:
    return json.dumps({"agent": AGENT, "sequence": sequence, **more}).encode()


def post(
    server: FakeAggregator,
    *lines: bytes,
    token: str = "",
    content_type: str = "application/x-ndjson",
    path: str = "/v1/signals",
    timeout: float = 10,
) -> tuple[int, dict, dict]:
    headers = {"Content-Type": content_type} | ({"Authorization": f"Bearer {token}"} if token else {})
    request = urllib.request.Request(server.url + path, data=b"\n".join(lines) + b"\n", headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=timeout) as answer:
            return answer.status, json.loads(answer.read()), dict(answer.headers)
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code, json.loads(refusal.read() or b"{}"), dict(refusal.headers)


@pytest.fixture
def server():
    with FakeAggregator(checks=ANY_RECORD) as running:
        yield running


def test_a_batch_is_accepted_and_told_apart_from_its_repetition(server) -> None:
    assert post(server, line(1), line(2))[1] == {"clusop_receipt": 1, "accepted": 2, "known": 0, "refused": []}
    assert post(server, line(2), line(3))[1] == {"clusop_receipt": 1, "accepted": 1, "known": 1, "refused": []}
    assert server.lines == [line(1), line(2), line(3)]


def test_the_same_number_with_other_contents_is_a_conflict(server) -> None:
    post(server, line(1))
    receipt = post(server, line(1, other=True))[1]
    assert [(one["agent"], one["sequence"], one["reason"]) for one in receipt["refused"]] == [(AGENT, 1, "conflict")]
    assert server.lines == [line(1)]


@pytest.mark.parametrize("bad", [b"{", b"[1]", b'{"sequence":1}', b'{"agent":"x","sequence":true}', b'{"agent":"x"}'])
def test_a_line_that_is_no_record_refuses_the_whole_batch(server, bad) -> None:
    status, answer, _ = post(server, line(1), bad)
    assert (status, "line 2" in answer["sentence"]) == (400, True)
    assert server.lines == []


def test_a_record_that_is_too_large_is_refused_alone(server) -> None:
    receipt = post(server, line(1), line(2, words="x" * 9000))[1]
    assert (receipt["accepted"], receipt["refused"][0]["reason"]) == (1, "too-large")


def test_a_record_against_its_schema_is_refused_alone() -> None:
    schema = {"properties": {"record": {"const": "signal"}}, "required": ["verdict"]}
    lines = (line(1, record="signal", verdict="native"), line(2, record="signal"), line(3, record="other"), line(4))
    with FakeAggregator(checks=RecordChecks({"signal": schema})) as server:
        receipt = post(server, *lines)[1]
    assert (receipt["accepted"], [one["sequence"] for one in receipt["refused"]]) == (1, [2, 3, 4])


def test_who_asks_what_and_how_much() -> None:
    with FakeAggregator(token="t", max_body_bytes=200, checks=ANY_RECORD) as server:
        assert post(server, line(1))[0] == 401
        assert post(server, line(1), token="wrong")[0] == 401
        assert post(server, line(1), token="t", content_type="application/json")[0] == 415
        assert post(server, line(1), token="t", path="/v2/signals")[0] == 404
        assert post(server, *(line(n) for n in range(20)), token="t")[0] == 413
        assert post(server, line(1), token="t")[0] == 200
        assert [request.status for request in server.requests] == [401, 401, 415, 404, 413, 200]
        assert all("authorization" not in request.headers for request in server.requests)


def test_a_misbehaviour_ends_after_its_times(server) -> None:
    server.behave(Behaviour("status", status=429, retry_after="7", times=2))
    assert [post(server, line(1))[0] for _ in range(3)] == [429, 429, 200]
    server.behave(Behaviour("status", status=429, retry_after="7"))
    assert post(server, line(1))[2]["Retry-After"] == "7"


def test_a_redirect_points_elsewhere(server) -> None:
    server.behave(Behaviour("redirect", times=1))
    assert post(server, line(1))[0] in {307, 308}


def test_a_dropped_connection_and_an_unacknowledged_batch(server) -> None:
    broken = (http.client.RemoteDisconnected, ConnectionError, urllib.error.URLError)
    server.behave(Behaviour("drop", times=1))
    with pytest.raises(broken):
        post(server, line(1))
    assert server.lines == []
    server.behave(Behaviour("unacknowledged", times=1))
    with pytest.raises(broken):
        post(server, line(1))
    assert server.lines == [line(1)]
    assert post(server, line(1))[1]["known"] == 1


def asks_in_vain(server: FakeAggregator) -> None:
    with contextlib.suppress(OSError, http.client.HTTPException):
        post(server, line(1))


def test_a_hanging_answer_ends_with_the_server() -> None:
    with FakeAggregator(checks=ANY_RECORD) as server:
        server.behave(Behaviour("hang"))
        asked = threading.Thread(target=asks_in_vain, args=(server,), daemon=True)
        asked.start()
        server.wait_for_requests(1)
        assert server.lines == []
    asked.join(timeout=10)
    assert not asked.is_alive()


def test_garbage_is_no_receipt(server) -> None:
    server.behave(Behaviour("garbage", times=1))
    with pytest.raises(json.JSONDecodeError):
        post(server, line(1))


def test_accepted_records_are_written_once(tmp_path) -> None:
    out = tmp_path / "accepted.jsonl"
    with FakeAggregator(out=out, checks=ANY_RECORD) as server:
        post(server, line(1), line(2))
        post(server, line(1))
        assert [record["sequence"] for record in server.wait_for_records(2)] == [1, 2]
        with pytest.raises(TimeoutError, match="2 records arrived, 3 were awaited"):
            server.wait_for_records(3, timeout_seconds=0.01)
    assert out.read_bytes() == line(1) + b"\n" + line(2) + b"\n"

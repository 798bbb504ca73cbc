"""The HTTP transport against a server that behaves like the contract, and against ones that do not. SPEC P1, P10 and P11."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from typing import TYPE_CHECKING

import pytest
from fake_agent import AGENT, record
from local_aggregator import LocalAggregator, accepted, local_aggregator

from clusop.clock import SystemClock
from clusop.runtime.transport.http import HttpTransport
from clusop.runtime.transport.http_exchange import Exchange
from clusop.runtime.transport.outcome import Delivered, Rejected, RetryLater

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LINES = (record(1), record(2, "ü"))


@pytest.fixture
def server() -> Iterator[LocalAggregator]:
    with local_aggregator() as one:
        yield one


def transport(endpoint: str, token_file: str = "", proxy: str = "", timeout_ms: int = 3000) -> HttpTransport:
    clock = SystemClock()
    return HttpTransport(Exchange(endpoint, proxy, timeout_ms, clock), token_file, clock)


def test_a_batch_goes_out_byte_for_byte_and_the_receipt_acknowledges_it(server: LocalAggregator) -> None:
    assert transport(server.url).send(LINES) == Delivered({})
    ((path, headers, lines),) = server.requests
    assert path == "/v1/signals"
    assert lines == list(LINES)
    assert headers["content-type"] == "application/x-ndjson"
    assert "authorization" not in headers


def test_an_endpoint_below_a_path_keeps_the_path(server: LocalAggregator) -> None:
    transport(f"{server.url}/clusop").send(LINES)
    assert server.requests[0][0] == "/clusop/v1/signals"


def test_the_token_is_read_at_every_send(server: LocalAggregator, tmp_path: Path) -> None:
    file = tmp_path / "token"
    sender = transport(server.url, str(file))
    for token in ("first-token", "second-token"):
        file.write_text(f"{token}\n")
        sender.send(LINES)
    assert [headers["authorization"] for _, headers, _ in server.requests] == [
        "Bearer first-token",
        "Bearer second-token",
    ]


@pytest.mark.parametrize("content", ["", "two words", "line\nbreak: x", "x" * 9000, "\x00"])
def test_without_a_usable_token_nothing_is_sent_and_its_text_is_not_told(
    server: LocalAggregator, tmp_path: Path, content: str
) -> None:
    file = tmp_path / "token"
    file.write_text(content)
    outcome = transport(server.url, str(file)).send(LINES)
    assert isinstance(outcome, RetryLater)
    assert outcome.reason.id == "unreadable-token-file"
    assert not content.strip() or content not in outcome.reason.sentence
    assert server.requests == []


def test_a_missing_token_file_is_a_reason(server: LocalAggregator, tmp_path: Path) -> None:
    outcome = transport(server.url, str(tmp_path / "gone")).send(LINES)
    assert isinstance(outcome, RetryLater)
    assert "No such file" in outcome.reason.sentence


def test_what_was_refused_one_by_one_is_counted_by_reason(server: LocalAggregator) -> None:
    refused = [
        {"agent": AGENT, "sequence": 1, "reason": "too-large", "sentence": "…"},
        {"agent": AGENT, "sequence": 2, "reason": "not-of-the-catalogue"},
    ]
    server.answer = lambda lines: accepted(lines, refused)
    assert transport(server.url).send(LINES) == Delivered({LINES[0]: "too-large", LINES[1]: "refused"})


def test_refusals_of_other_records_invent_no_losses(server: LocalAggregator) -> None:
    refused = [{"agent": AGENT, "sequence": 99, "reason": "too-large"}, "of no form"]
    server.answer = lambda lines: accepted(lines, refused)
    assert transport(server.url).send(LINES) == Delivered({})


@pytest.mark.parametrize(
    "receipt",
    [
        b'{"clusop_receipt": 1}',
        b'{"clusop_receipt": 1, "accepted": 1, "known": 0, "refused": []}',
        b'{"clusop_receipt": 1, "accepted": 2}',
        b'{"clusop_receipt": 1, "accepted": true, "known": true, "refused": []}',
        b'{"clusop_receipt": true, "accepted": 2, "known": 0, "refused": []}',
        b'{"clusop_receipt": 1, "accepted": 2, "known": 0, "refused": [{}]}',
    ],
)
def test_a_receipt_for_another_number_of_records_acknowledges_nothing(server: LocalAggregator, receipt: bytes) -> None:
    server.answer = lambda _: (200, receipt, {})
    outcome = transport(server.url).send(LINES)
    assert isinstance(outcome, RetryLater)
    assert outcome.reason.id == "endpoint-not-ours"


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>welcome to the airport</html>", b"[]", b'{"accepted": 2}', b'{"clusop_receipt": 2}', b"[" * 99999],
)
def test_a_200_that_is_no_receipt_acknowledges_nothing(server: LocalAggregator, body: bytes) -> None:
    server.answer = lambda _: (200, body, {})
    outcome = transport(server.url).send(LINES)
    assert isinstance(outcome, RetryLater)
    assert outcome.reason.id == "endpoint-not-ours"


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (301, "endpoint-not-ours"),
        (307, "endpoint-not-ours"),
        (404, "endpoint-not-ours"),
        (401, "endpoint-denied"),
        (403, "endpoint-denied"),
        (408, "endpoint-busy"),
        (425, "endpoint-busy"),
        (429, "endpoint-busy"),
        (500, "endpoint-busy"),
        (503, "endpoint-busy"),
    ],
)
def test_what_comes_again_later(server: LocalAggregator, status: int, reason: str) -> None:
    server.answer = lambda _: (status, b"", {"Location": f"{server.url}/elsewhere"})
    outcome = transport(server.url).send(LINES)
    assert isinstance(outcome, RetryLater)
    assert outcome.reason.id == reason
    assert str(status) in outcome.reason.sentence
    assert len(server.requests) == 1, "a redirect is not followed"


@pytest.mark.parametrize(("status", "lost_as"), [(413, "too-large"), (400, "refused"), (422, "refused")])
def test_what_is_not_taken_as_a_whole(server: LocalAggregator, status: int, lost_as: str) -> None:
    server.answer = lambda _: (status, b"", {})
    assert transport(server.url).send(LINES) == Rejected(lost_as), "a batch is halved, whoever refuses it"


@pytest.mark.parametrize(("status", "lost_as"), [(413, "too-large"), (400, "refused"), (422, "refused")])
def test_only_the_aggregator_itself_condemns_a_record(server: LocalAggregator, status: int, lost_as: str) -> None:
    server.answer = lambda _: (status, b'{"sentence": "no"}', {})
    assert transport(server.url).send(LINES[:1]) == Rejected(lost_as)
    for body in (b"", b"<html>Bad Request</html>", b'{"detail": []}', b"[1]", b'{"sentence": 1}'):
        server.answer = lambda _, body=body: (status, body, {})
        outcome = transport(server.url).send(LINES[:1])
        assert isinstance(outcome, RetryLater)
        assert outcome.reason.id == "endpoint-not-ours"


@pytest.mark.parametrize(
    ("told", "least_s", "most_s"), [("7", 7, 7), ("99999", 60, 60), ("-3", 0, 0), ("soon", 0, 0), ("", 0, 0)]
)
def test_retry_after_is_honoured_up_to_a_minute(server: LocalAggregator, told: str, least_s: int, most_s: int) -> None:
    server.answer = lambda _: (429, b"", {"Retry-After": told})
    outcome = transport(server.url).send(LINES)
    assert isinstance(outcome, RetryLater)
    assert least_s <= outcome.after_s <= most_s


def test_retry_after_may_be_a_date(server: LocalAggregator) -> None:
    at = format_datetime(datetime.now(timezone.utc) + timedelta(seconds=40), usegmt=True)
    server.answer = lambda _: (503, b"", {"Retry-After": at})
    outcome = transport(server.url).send(LINES)
    assert isinstance(outcome, RetryLater)
    assert 30 <= outcome.after_s <= 40


def test_nobody_listening_is_a_reason() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    outcome = transport(f"http://127.0.0.1:{port}").send(LINES)
    assert isinstance(outcome, RetryLater)
    assert outcome.reason.id == "endpoint-unreachable"


def test_garbage_instead_of_http_is_a_reason() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(b"\x00\x01garbage\r\n\r\n")

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        outcome = transport(f"http://127.0.0.1:{listening.getsockname()[1]}").send(LINES)
        thread.join(timeout=10)
    assert isinstance(outcome, RetryLater)
    assert outcome.reason.id == "endpoint-unreachable"


def test_a_server_that_hangs_costs_the_timeout_and_no_more() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        outcome = transport(f"http://127.0.0.1:{listening.getsockname()[1]}", timeout_ms=100).send(LINES)
    assert isinstance(outcome, RetryLater)
    assert outcome.reason.id == "endpoint-unreachable"


def test_a_server_that_answers_byte_by_byte_is_cut_off(server: LocalAggregator) -> None:
    """Each byte starts a plain timeout anew; 100,000 of them at 20 ms would be half an hour."""
    server.drip = threading.Event()
    outcome = transport(server.url, timeout_ms=200).send(LINES)
    assert isinstance(outcome, RetryLater)
    assert outcome.reason.id == "endpoint-unreachable"


def test_no_tls_at_the_other_end_is_no_matter_of_trust() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        outcome = transport(f"https://127.0.0.1:{listening.getsockname()[1]}").send(LINES)
        thread.join(timeout=10)
    assert isinstance(outcome, RetryLater)
    assert outcome.reason.id == "endpoint-unreachable"
    assert "no secure connection" in outcome.reason.sentence
    assert "trusted" not in outcome.reason.sentence


def test_a_proxy_that_answers_byte_by_byte_is_cut_off() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        ended = threading.Event()

        def answer() -> None:
            connection, _ = listening.accept()
            with connection, suppress(OSError):
                connection.recv(65536)
                connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
                while not ended.wait(0.02):
                    connection.sendall(b"H")

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        clock = SystemClock()
        before_ms = clock.monotonic_ms()
        proxy = f"http://127.0.0.1:{listening.getsockname()[1]}"
        outcome = transport("https://aggregator.example", proxy=proxy, timeout_ms=200).send(LINES)
        took_ms = clock.monotonic_ms() - before_ms
        ended.set()
        thread.join(timeout=10)
    assert isinstance(outcome, RetryLater)
    assert outcome.reason.id == "endpoint-unreachable"
    assert took_ms < 5000


@pytest.mark.parametrize("said", [b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", b"nonsense\r\n\r\n", b""])
def test_a_proxy_that_opens_no_tunnel_is_a_reason(said: bytes) -> None:
    asked = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            connection, _ = listening.accept()
            with connection:
                asked.append(connection.recv(65536))
                connection.sendall(said)

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        proxy = f"http://127.0.0.1:{listening.getsockname()[1]}"
        outcome = transport("https://aggregator.example", proxy=proxy).send(LINES)
        thread.join(timeout=10)
    assert isinstance(outcome, RetryLater)
    assert outcome.reason.id == "endpoint-unreachable"
    assert asked == [b"CONNECT aggregator.example:443 HTTP/1.1\r\nHost: aggregator.example:443\r\n\r\n"]


def test_a_proxy_is_asked_for_the_whole_address(server: LocalAggregator) -> None:
    assert transport("http://aggregator.example:8080", proxy=server.url).send(LINES) == Delivered({})
    path, headers, _ = server.requests[0]
    assert path == "http://aggregator.example:8080/v1/signals"
    assert headers["host"] == "aggregator.example:8080"


def test_the_environment_s_proxy_is_not_used(server: LocalAggregator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    assert transport(server.url).send(LINES) == Delivered({})

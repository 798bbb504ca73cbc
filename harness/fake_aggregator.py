"""A stand-in for the aggregator: takes signals over HTTP as DESIGN §8 and §10 say, and misbehaves on request.

Tests use :class:`FakeAggregator` (port 0, a thread per request); a person runs
``fake_aggregator.py --port 8080 --token-file FILE --out FILE``. What is faithful: the bearer token, the content type, the size
limit, whole-batch and per-record refusals, and the bookkeeping by agent, sequence and content hash that makes a second
delivery harmless.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import threading
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from record_checks import RecordChecks

if TYPE_CHECKING:
    from types import TracebackType

    from typing_extensions import Self

__all__ = ["Behaviour", "FakeAggregator", "Mode", "Received", "main"]

Mode: TypeAlias = Literal["ok", "hang", "slow", "garbage", "drop", "unacknowledged", "status", "redirect"]

_PATH = "/v1/signals"
_CONTENT_TYPE = "application/x-ndjson"
MAX_BODY_BYTES = 1_000_000
MAX_RECORD_BYTES = 8192


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How requests are answered. ``times`` limits a misbehaviour: so many requests, then all is well again.

    ``hang`` never answers while the server lives, ``slow`` waits ``delay_seconds`` before each answer, ``garbage`` answers 200
    with no receipt, ``drop`` closes the connection unread, ``unacknowledged`` keeps the records and closes before answering
    (what a crash between commit and answer looks like), ``status`` answers ``status`` with ``retry_after``, ``redirect``
    points elsewhere.
    """

    mode: Mode = "ok"
    status: int = 500
    retry_after: str = ""
    delay_seconds: float = 0.0
    times: int = -1


@dataclass(frozen=True, slots=True)
class Received:
    """One request as it came in. ``lines`` are its records, byte for byte; the token is not kept."""

    lines: tuple[bytes, ...]
    headers: dict[str, str]
    status: int


@dataclass(slots=True)
class _Book:
    """What was accepted: the hash of every record by agent and sequence, and the lines in the order they came."""

    hashes: dict[tuple[str, int], str] = field(default_factory=dict)
    lines: list[bytes] = field(default_factory=list)
    requests: list[Received] = field(default_factory=list)


class FakeAggregator:
    """A context manager around a server on 127.0.0.1. Everything it tells may be asked while it runs."""

    def __init__(
        self,
        *,
        token: str = "",
        port: int = 0,
        max_body_bytes: int = MAX_BODY_BYTES,
        out: Path | None = None,
        checks: RecordChecks | None = None,
    ) -> None:
        self.token = token
        self.max_body_bytes = max_body_bytes
        self._checks = checks or RecordChecks.of_tree()
        self._out = out
        self._book = _Book()
        self._lock = threading.Lock()
        self._changed = threading.Condition(self._lock)
        self._behaviour = Behaviour()
        self._closing = threading.Event()
        self._server = _server(self, port)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), name="fake-aggregator", daemon=True
        )

    @property
    def url(self) -> str:
        """The endpoint to configure: without the path."""
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def lines(self) -> list[bytes]:
        """Every accepted record once, in the order of arrival, byte for byte."""
        with self._lock:
            return list(self._book.lines)

    @property
    def records(self) -> list[dict[str, Any]]:
        """Every accepted record once, decoded."""
        return [json.loads(line) for line in self.lines]

    @property
    def requests(self) -> list[Received]:
        """Every request that was answered or dropped, in order."""
        with self._lock:
            return list(self._book.requests)

    def behave(self, behaviour: Behaviour) -> None:
        """From the next request on."""
        with self._lock:
            self._behaviour = behaviour

    def wait_for_records(self, count: int, timeout_seconds: float = 30.0) -> list[dict[str, Any]]:
        """Wait until so many records were accepted. Raises ``TimeoutError`` that says how many there are."""
        with self._changed:
            if not self._changed.wait_for(lambda: len(self._book.lines) >= count, timeout_seconds):
                raise TimeoutError(f"{len(self._book.lines)} records arrived, {count} were awaited")
        return self.records

    def wait_for_requests(self, count: int, timeout_seconds: float = 30.0) -> list[Received]:
        """Wait until so many requests came in, answered or not."""
        with self._changed:
            if not self._changed.wait_for(lambda: len(self._book.requests) >= count, timeout_seconds):
                raise TimeoutError(f"{len(self._book.requests)} requests arrived, {count} were awaited")
        return self.requests

    def start(self) -> Self:
        """Serve from a daemon thread."""
        self._thread.start()
        return self

    def close(self) -> None:
        """Stop; connections that hang are let go."""
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(timeout=10)

    def __enter__(self) -> Self:
        """Started."""
        return self.start()

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """Stopped."""
        self.close()

    # What the handler asks.

    def next_behaviour(self) -> Behaviour:
        """What this request is in for; counts it."""
        with self._lock:
            now = self._behaviour
            if now.times > 0:
                self._behaviour = replace(now, times=now.times - 1) if now.times > 1 else Behaviour()
            return now

    def wait_for_close(self, seconds: float | None) -> None:
        """Hang, or be slow."""
        self._closing.wait(seconds)

    def note(self, received: Received) -> None:
        """Keep a request."""
        with self._changed:
            self._book.requests.append(received)
            self._changed.notify_all()

    def take(self, lines: tuple[bytes, ...]) -> dict[str, Any] | str:
        """Accept a batch and return its receipt, or the sentence that refuses the whole of it."""
        parsed = []
        for number, line in enumerate(lines, 1):
            record = self._checks.decoded(line)
            if isinstance(record, str):
                return f"line {number}: {record}"
            parsed.append((line, record))
        accepted, known, refused = 0, 0, []
        with self._changed:
            for line, record in parsed:
                key, digest = (record["agent"], record["sequence"]), hashlib.sha256(line).hexdigest()
                if len(line) > MAX_RECORD_BYTES:
                    refused.append(
                        _refusal(key, "too-large", f"The record has {len(line)} bytes; {MAX_RECORD_BYTES} are taken.")
                    )
                elif (problem := self._checks.problem(record)) != "":
                    refused.append(_refusal(key, "invalid", problem))
                elif key not in self._book.hashes:
                    self._book.hashes[key] = digest
                    self._book.lines.append(line)
                    self._write(line)
                    accepted += 1
                elif self._book.hashes[key] == digest:
                    known += 1
                else:
                    refused.append(
                        _refusal(key, "conflict", "The same agent and sequence came before with other contents.")
                    )
            self._changed.notify_all()
        return {"clusop_receipt": 1, "accepted": accepted, "known": known, "refused": refused}

    def _write(self, line: bytes) -> None:
        if self._out is not None:
            with self._out.open("ab") as stream:
                stream.write(line + b"\n")


def _refusal(key: tuple[str, int], reason: str, sentence: str) -> dict[str, Any]:
    return {"agent": key[0], "sequence": key[1], "reason": reason, "sentence": sentence}


def _server(aggregator: FakeAggregator, port: int) -> ThreadingHTTPServer:
    class Handler(_Handler):
        fake = aggregator

    return _QuietServer(("127.0.0.1", port), Handler)


class _QuietServer(ThreadingHTTPServer):
    """A thread per request."""

    daemon_threads = True
    # A hanging answer must not hang the end of the test.
    block_on_close = False

    def handle_error(self, _request: object, _address: object) -> None:
        """A client that gave up is no news; the default prints a traceback."""


class _Handler(BaseHTTPRequestHandler):
    """One request."""

    fake: FakeAggregator
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        behaviour = self.fake.next_behaviour()
        if behaviour.mode == "drop":
            return self._leave((), 0)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        lines = tuple(line for line in body.split(b"\n") if line)
        if behaviour.mode == "hang":
            self.fake.note(self._received(lines, 0))
            self.fake.wait_for_close(None)
            return self._leave(None, 0)
        if behaviour.delay_seconds:
            self.fake.wait_for_close(behaviour.delay_seconds)
        match behaviour.mode:
            case "garbage":
                return self._answer(200, b"<html>It works!</html>", lines, content_type="text/html")
            case "status":
                extra = {"Retry-After": behaviour.retry_after} if behaviour.retry_after else {}
                return self._refuse(behaviour.status, "told to", lines, extra)
            case "redirect":
                return self._refuse(307, "told to", lines, {"Location": f"{self.fake.url}/elsewhere"})
        status, sentence = self._problem(len(body))
        if status:
            return self._refuse(status, sentence, lines)
        receipt = self.fake.take(lines)
        if isinstance(receipt, str):
            return self._refuse(400, receipt, lines)
        if behaviour.mode == "unacknowledged":
            return self._leave(lines, 0)
        return self._answer(200, json.dumps(receipt).encode(), lines)

    def do_GET(self) -> None:
        self._refuse(405 if self.path == _PATH else 404, "signals are POSTed", ())

    def log_message(self, *_arguments: object) -> None:
        """Stay quiet: a test's output is the test's."""

    def _problem(self, body_bytes: int) -> tuple[int, str]:
        if self.path != _PATH:
            return 404, f"there is no {self.path}"
        if self.fake.token and self.headers.get("Authorization") != f"Bearer {self.fake.token}":
            return 401, "the token is missing or wrong"
        if (self.headers.get("Content-Type") or "").partition(";")[0].strip() != _CONTENT_TYPE:
            return 415, f"signals are {_CONTENT_TYPE}"
        if body_bytes > self.fake.max_body_bytes:
            return 413, f"more than {self.fake.max_body_bytes} bytes"
        return 0, ""

    def _received(self, lines: tuple[bytes, ...], status: int) -> Received:
        headers = {name.lower(): text for name, text in self.headers.items() if name.lower() != "authorization"}
        return Received(lines, headers, status)

    def _leave(self, lines: tuple[bytes, ...] | None, status: int) -> None:
        if lines is not None:
            self.fake.note(self._received(lines, status))
        self.close_connection = True

    def _refuse(
        self, status: int, sentence: str, lines: tuple[bytes, ...], extra: dict[str, str] | None = None
    ) -> None:
        self._answer(status, json.dumps({"sentence": sentence}).encode(), lines, extra=extra)

    def _answer(
        self,
        status: int,
        body: bytes,
        lines: tuple[bytes, ...],
        *,
        content_type: str = "application/json",
        extra: dict[str, str] | None = None,
    ) -> None:
        # Noted first: who has the answer finds the request here.
        self.fake.note(self._received(lines, status))
        self.send_response(status)
        for name, text in {"Content-Type": content_type, "Content-Length": str(len(body)), **(extra or {})}.items():
            self.send_header(name, text)
        self.end_headers()
        self.wfile.write(body)


def main(arguments: list[str]) -> int:
    """Serve until interrupted, telling what arrives."""
    parser = argparse.ArgumentParser(description="A stand-in for clusop's aggregator")
    parser.add_argument("--port", type=int, default=0, help="0: chosen by the system, and printed")
    parser.add_argument("--token-file", type=Path, help="file with the bearer token that requests must bring")
    parser.add_argument("--out", type=Path, help="append accepted records to this file")
    chosen = parser.parse_args(arguments)
    token = chosen.token_file.read_text(encoding="utf-8").strip() if chosen.token_file else ""
    with FakeAggregator(token=token, port=chosen.port, out=chosen.out) as aggregator:
        print(f"listening on {aggregator.url}", flush=True)
        seen = 0
        try:
            while True:
                seen += 1
                received = aggregator.wait_for_requests(seen, threading.TIMEOUT_MAX)[seen - 1]
                print(
                    f"{received.status}  {len(received.lines)} records, {len(aggregator.lines)} accepted in all",
                    flush=True,
                )
        except KeyboardInterrupt:
            return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

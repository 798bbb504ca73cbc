"""A stand-in for the Workflows webhook of Teams: checks what Teams checks, remembers what it got, and misbehaves on request.

Tests use :class:`FakeTeams` (port 0, a thread a request); people and the demo run ``fake_teams.py --port 8081 --folder DIR``.
What is faithful: 202 for what it takes, 401 for another signature, 404 for another flow, 413 above 28 KB, 400 for what is no
message with an adaptive card, 429 with Retry-After above four requests a second.
"""

from __future__ import annotations

import argparse
import json
import ssl
import sys
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias
from urllib.parse import parse_qs, urlsplit

from teams_checks import MAX_BODY_BYTES, faults_of

if TYPE_CHECKING:
    from types import TracebackType

    from typing_extensions import Self

__all__ = ["Behaviour", "FakeTeams", "Got", "Mode", "main"]

Mode: TypeAlias = Literal["accept", "hang", "drop", "cut", "status", "garbage", "drip"]

_PER_SECOND, _TOO_MANY = 4, 429
_FLOW, _SIGNATURE = "0123456789abcdef0123456789abcdef", "c2lnbmF0dXJl-not-a-secret"


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How requests are answered. ``times`` limits a misbehaviour: so many requests, then all is well again. ``wait_s`` is how
    long an answer takes.

    ``hang`` takes the message and never answers, ``drop`` closes the connection unread, ``cut`` takes the message and closes
    without an answer, ``status`` answers ``status`` with the headers, ``garbage`` answers what is no HTTP, ``drip`` answers a
    byte at a time, for ever.
    """

    mode: Mode = "accept"
    status: int = 500
    headers: tuple[tuple[str, str], ...] = ()
    times: int = -1
    wait_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Got:
    """One request. ``status`` is what it was answered, 0 for nothing; ``faults`` say what Teams would not show."""

    body: bytes
    status: int
    at_s: float
    faults: tuple[str, ...] = ()

    @property
    def message(self) -> dict[str, Any]:  # Any: JSON
        """The message, decoded."""
        decoded: dict[str, Any] = json.loads(self.body)
        return decoded


@dataclass(slots=True)
class _Book:
    got: list[Got] = field(default_factory=list)
    recent_s: deque[float] = field(default_factory=deque)


class FakeTeams:
    """A context manager around a server on 127.0.0.1. ``certificate`` is a PEM file with key and chain, for https."""

    def __init__(self, *, port: int = 0, certificate: Path | None = None, folder: Path | None = None) -> None:
        self._book = _Book()
        self._changed = threading.Condition()
        self._behaviour = Behaviour()
        self._behaved = 0
        self._closing = threading.Event()
        self._folder = folder
        self._scheme = "https" if certificate else "http"
        self._server = _server(self, port)
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            # The handshake belongs to the request's thread: a client that leaves it half-way must not stop the others.
            self._server.socket = context.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="fake-teams", daemon=True)

    @property
    def port(self) -> int:
        """Where it listens."""
        return self._server.server_port

    @property
    def url(self) -> str:
        """The webhook's address, of the form of the real ones."""
        return self.url_at("127.0.0.1")

    def url_at(self, host: str, *, flow: str = _FLOW, signature: str = _SIGNATURE) -> str:
        """The address under another name of this machine, of another flow, or with another signature."""
        query = f"api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig={signature}"
        return f"{self._scheme}://{host}:{self.port}/workflows/{flow}/triggers/manual/paths/invoke?{query}"

    @property
    def got(self) -> list[Got]:
        """Every request, in order, answered or not."""
        with self._changed:
            return list(self._book.got)

    @property
    def taken(self) -> list[Got]:
        """The messages that a channel would show: those answered with 202, and those taken without an answer."""
        return [one for one in self.got if one.status in {0, 202} and one.body]

    def behave(self, behaviour: Behaviour) -> None:
        """From the next request on."""
        with self._changed:
            self._behaviour, self._behaved = behaviour, 0

    def wait_for(self, count: int, timeout_seconds: float = 30.0) -> list[Got]:
        """Wait until so many requests came. Raises ``TimeoutError`` that says how many there are."""
        with self._changed:
            if not self._changed.wait_for(lambda: len(self._book.got) >= count, timeout_seconds):
                raise TimeoutError(f"{len(self._book.got)} messages came, {count} were awaited")
        return self.got

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
        """What this request is in for."""
        with self._changed:
            now = self._behaviour
            self._behaved += 1
            return Behaviour() if 0 <= now.times < self._behaved else now

    def is_too_fast(self) -> bool:
        """Whether this request is the fifth within a second."""
        now_s = time.monotonic()
        with self._changed:
            recent = self._book.recent_s
            while recent and recent[0] <= now_s - 1:
                recent.popleft()
            recent.append(now_s)
            return len(recent) > _PER_SECOND

    def note(self, body: bytes, status: int, faults: list[str]) -> None:
        """Keep a request."""
        with self._changed:
            self._book.got.append(Got(body, status, time.monotonic(), tuple(faults)))
            if self._folder is not None and body:
                name = f"message-{len(self._book.got):04}-{status or 'unanswered'}.json"
                (self._folder / name).write_bytes(body)
            self._changed.notify_all()

    def wait_for_close(self, seconds: float | None) -> bool:
        """Hang; whether the server is closing."""
        return self._closing.wait(seconds)


def _server(teams: FakeTeams, port: int) -> ThreadingHTTPServer:
    class Handler(_Handler):
        fake = teams

    return _QuietServer(("127.0.0.1", port), Handler)


class _QuietServer(ThreadingHTTPServer):
    daemon_threads = True
    # A hanging answer must not hang the end of the test.
    block_on_close = False

    def handle_error(self, _request: object, _address: object) -> None:
        """A client that gave up is no news; the default prints a traceback."""


class _Handler(BaseHTTPRequestHandler):
    fake: FakeTeams
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        behaviour = self.fake.next_behaviour()
        self.close_connection = True
        if behaviour.mode == "drop":
            return self.fake.note(b"", 0, [])
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        faults = faults_of(body, self.headers.get("Content-Type") or "")
        if behaviour.mode in {"hang", "cut"}:
            self.fake.note(body, 0, faults)
            if behaviour.mode == "hang":
                self.fake.wait_for_close(None)
            return None
        if behaviour.mode in {"garbage", "drip"}:
            return self._babble(behaviour.mode, body, faults)
        if behaviour.wait_s:
            self.fake.wait_for_close(behaviour.wait_s)
        if behaviour.mode == "status":
            return self._answer(behaviour.status, body, faults, behaviour.headers)
        status = self._status(body, faults)
        return self._answer(status, body, faults, (("Retry-After", "2"),) if status == _TOO_MANY else ())

    def do_GET(self) -> None:
        """Chrome and scanners: a webhook knows POST only."""
        self._answer(405, b"", [], ())

    def log_message(self, *_arguments: object) -> None:
        """Stay quiet: the address holds the secret."""

    def _status(self, body: bytes, faults: list[str]) -> int:
        parts = urlsplit(self.path)
        if self.fake.is_too_fast():
            return _TOO_MANY
        if parts.path != f"/workflows/{_FLOW}/triggers/manual/paths/invoke":
            return 404
        if parse_qs(parts.query).get("sig") != [_SIGNATURE]:
            return 401
        if len(body) > MAX_BODY_BYTES:
            return 413
        return 400 if faults else 202

    def _babble(self, mode: Mode, body: bytes, faults: list[str]) -> None:
        self.fake.note(body, 0, faults)
        self.wfile.write(b"what is this\r\n" if mode == "garbage" else b"HTTP/1.1 ")
        while mode == "drip" and not self.fake.wait_for_close(0.05):
            self.wfile.write(b"2")
            self.wfile.flush()

    def _answer(self, status: int, body: bytes, faults: list[str], headers: tuple[tuple[str, str], ...]) -> None:
        # Noted first: who has the answer finds the request here.
        self.fake.note(body, status, faults)
        self.send_response(status)
        for name, text in (*headers, ("Content-Length", "0"), ("Connection", "close")):
            self.send_header(name, text)
        self.end_headers()


def main(arguments: list[str]) -> int:
    """Serve until interrupted, telling what arrives."""
    parser = argparse.ArgumentParser(description="A stand-in for the Workflows webhook of Teams")
    parser.add_argument("--port", type=int, default=0, help="0: chosen by the system, and printed")
    parser.add_argument("--folder", type=Path, help="keep every message as a file there")
    chosen = parser.parse_args(arguments)
    if chosen.folder is not None:
        chosen.folder.mkdir(parents=True, exist_ok=True)
    with FakeTeams(port=chosen.port, folder=chosen.folder) as teams:
        print(f"webhook: {teams.url}", flush=True)
        try:
            seen = 0
            while True:
                seen += 1
                got = teams.wait_for(seen, threading.TIMEOUT_MAX)[seen - 1]
                print(_told(got), flush=True)
        except KeyboardInterrupt:
            return 0


def _told(got: Got) -> str:
    if got.faults or not got.body:
        return f"{got.status}  {'; '.join(got.faults) or 'no message'}"
    card = got.message["attachments"][0]["content"]
    return f"{got.status}  {len(got.body):,} bytes  {card.get('fallbackText', '')}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

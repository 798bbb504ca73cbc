"""An aggregator on this machine that answers as it is told to, and keeps what it was sent."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class LocalAggregator(ThreadingHTTPServer):
    """``answer`` maps the lines of a request to a status, a body and headers; without one everything is accepted."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answer: Callable[[list[str]], tuple[int, bytes, dict[str, str]]] | None = None
        self.requests: list[tuple[str, dict[str, str], list[str]]] = []
        self.drip: threading.Event | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    server: LocalAggregator

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        lines = [line for line in body.split("\n") if line]
        self.server.requests.append((self.path, {k.lower(): v for k, v in self.headers.items()}, lines))
        status, answer, headers = self.server.answer(lines) if self.server.answer else accepted(lines)
        if self.server.drip is not None:
            self._drip()
            return
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def _drip(self) -> None:
        """One byte at a time, for ever: what a plain socket timeout never ends."""
        try:
            for byte in b"HTTP/1.1 200 OK\r\nX: " + b"x" * 100_000:
                self.wfile.write(bytes([byte]))
                if self.server.drip.wait(0.02):
                    return
        except OSError:
            return

    def log_message(self, *_arguments: object) -> None:
        return


def accepted(lines: list[str], refused: list[dict[str, object]] | None = None) -> tuple[int, bytes, dict[str, str]]:
    taken = len(lines) - len(refused or [])
    receipt = {"clusop_receipt": 1, "accepted": taken, "known": 0, "refused": refused or []}
    return 200, json.dumps(receipt).encode(), {}


@contextmanager
def local_aggregator() -> Iterator[LocalAggregator]:
    server = LocalAggregator()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        if server.drip is not None:
            server.drip.set()
        server.shutdown()
        thread.join(timeout=10)
        server.server_close()

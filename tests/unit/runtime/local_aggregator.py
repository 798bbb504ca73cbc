"""An aggregator on this machine that answers as it is told to, and keeps what it was sent."""

from __future__ import annotations

import json
import ssl
import sys
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_LONG_S = 300


class LocalAggregator(ThreadingHTTPServer):
    """``answer`` maps the lines of a request to a status, a body and headers; without one everything is accepted."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answer: Callable[[list[str]], tuple[int, bytes, dict[str, str]]] | None = None
        self.handshake_faults = 0
        self.requests: list[tuple[str, dict[str, str], list[str]]] = []
        self.drip: threading.Event | None = None
        # Where it is set, nothing is answered before ``go``; the file is made once there is something to answer.
        self.hang: Path | None = None
        self.go = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: object, client_address: object) -> None:
        if isinstance(sys.exc_info()[1], OSError):
            self.handshake_faults += 1
        else:
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    server: LocalAggregator

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        lines = [line for line in body.split("\n") if line]
        self.server.requests.append((self.path, {k.lower(): v for k, v in self.headers.items()}, lines))
        if self.server.hang is not None:
            self.server.hang.touch()
            self.server.go.wait(_LONG_S)
            return
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

    def setup(self) -> None:
        if isinstance(self.request, ssl.SSLSocket):
            self.request.do_handshake()
        super().setup()

    def log_message(self, *_arguments: object) -> None:
        return


def accepted(lines: list[str], refused: list[dict[str, object]] | None = None) -> tuple[int, bytes, dict[str, str]]:
    taken = len(lines) - len(refused or [])
    receipt = {"clusop_receipt": 1, "accepted": taken, "known": 0, "refused": refused or []}
    return 200, json.dumps(receipt).encode(), {}


@contextmanager
def local_aggregator(tls: ssl.SSLContext | None = None) -> Iterator[LocalAggregator]:
    server = LocalAggregator()
    if tls is not None:
        # The handshake is the handler's: a client that breaks it off must not end the loop that accepts.
        server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        if server.drip is not None:
            server.drip.set()
        server.go.set()
        server.shutdown()
        thread.join(timeout=10)
        server.server_close()

"""An HTTP proxy that knows CONNECT only, for tests: it remembers what it was asked for and all that went through it.

Whatever name it is asked for, it leads to one port of this machine: so a test can stand where Microsoft's hosts are.
"""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from types import TracebackType

    from typing_extensions import Self

__all__ = ["ConnectProxy", "Mode"]

Mode: TypeAlias = Literal["tunnel", "refuse", "hang", "drip", "garbage", "drop", "endless"]

_CHUNK = 65_536
_STEP_S = 0.05


class ConnectProxy:
    """A context manager around a proxy on 127.0.0.1 whose tunnels all end at ``port``.

    ``refuse`` answers ``status``, ``hang`` nothing, ``drip`` a byte at a time, ``garbage`` what is no HTTP, ``drop`` closes,
    ``endless`` begins an answer that has no end.
    """

    def __init__(self, port: int, mode: Mode = "tunnel", status: int = 407) -> None:
        self._port = port
        self._mode = mode
        self._status = status
        self._asked: list[str] = []
        self._seen = bytearray()
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._open: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._accept, name="connect-proxy", daemon=True)

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._listener.getsockname()[1])

    @property
    def asked(self) -> list[str]:
        """The first line of every request, in order."""
        with self._lock:
            return list(self._asked)

    @property
    def seen(self) -> bytes:
        """Every byte that clients sent to it and through it."""
        with self._lock:
            return bytes(self._seen)

    def __enter__(self) -> Self:
        """Started."""
        self._thread.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """Stopped, its connections broken."""
        self._closing.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(timeout=10)
        with self._lock:
            left = list(self._open)
        for one in left:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self._keep(client)
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _keep(self, one: socket.socket) -> None:
        with self._lock:
            self._open.append(one)

    def _serve(self, client: socket.socket) -> None:
        with suppress(OSError):
            head = b""
            while b"\r\n\r\n" not in head and (part := client.recv(_CHUNK)):
                self._note(part)
                head += part
            with self._lock:
                self._asked.append(head.partition(b"\r\n")[0].decode("latin-1"))
            self._answer(client)
        client.close()

    def _answer(self, client: socket.socket) -> None:
        if self._mode == "tunnel":
            self._join(client)
        elif self._mode == "refuse":
            client.sendall(f"HTTP/1.1 {self._status} No\r\nContent-Length: 0\r\n\r\n".encode("ascii"))
        elif self._mode == "garbage":
            client.sendall(b"SSH-2.0-OpenSSH\r\n\r\n")
        elif self._mode == "hang":
            self._closing.wait()
        elif self._mode == "drip":
            client.sendall(b"HTTP/1.1 200 OK\r\nX: ")
            while not self._closing.wait(_STEP_S):
                client.sendall(b"x")
        elif self._mode == "endless":
            client.sendall(b"HTTP/1.1 200 OK\r\n")
            while not self._closing.is_set():
                client.sendall(b"X: x\r\n" * 1000)

    def _join(self, client: socket.socket) -> None:
        with socket.create_connection(("127.0.0.1", self._port)) as there:
            self._keep(there)
            client.sendall(b"HTTP/1.1 200 Connection established\r\nVia: 1.1 test\r\n\r\n")
            back = threading.Thread(target=self._copy, args=(there, client), daemon=True)
            back.start()
            self._copy(client, there, is_client=True)
            back.join()

    def _copy(self, source: socket.socket, target: socket.socket, *, is_client: bool = False) -> None:
        with suppress(OSError):
            while part := source.recv(_CHUNK):
                if is_client:
                    self._note(part)
                target.sendall(part)
            target.shutdown(socket.SHUT_WR)

    def _note(self, part: bytes) -> None:
        with self._lock:
            self._seen += part

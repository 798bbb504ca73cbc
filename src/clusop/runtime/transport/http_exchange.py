"""One HTTP request and its answer, within a time that cannot be stretched by a server that answers byte by byte."""

from __future__ import annotations

import http.client
import io
import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    import socket
    from collections.abc import Mapping

    from clusop.clock import Clock

__all__ = ["Exchange", "Reply", "TlsError"]

_MOST_BODY_BYTES = 1 << 20
_MS_PER_S = 1000
# As in the JVM's dispatcher.
_PROXY_PORT = 3128


class TlsError(OSError):
    """The other end's certificate does not hold."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back. ``body`` is cut at 1 MiB."""

    status: int
    body: bytes
    retry_after: str


class Exchange:
    """Requests to one endpoint, each on a connection of its own: there is one every few seconds, and nothing to keep alive.

    ``timeout_ms`` bounds connecting, and again everything after it.
    """

    def __init__(self, endpoint: str, proxy: str, timeout_ms: int, clock: Clock) -> None:
        self._endpoint = urlsplit(endpoint)
        self._proxy = urlsplit(proxy)
        self._timeout_s = timeout_ms / _MS_PER_S
        self._clock = clock

    def post(self, path: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        """POST ``body``. Raises ``OSError`` or ``HTTPException``."""
        target = f"{self._endpoint.path.rstrip('/')}{path}"
        connection = self._connection()
        if self._proxy.hostname and self._endpoint.scheme == "http":
            # A proxy for plain HTTP wants the whole address; for https it is asked for a tunnel.
            target = f"http://{self._endpoint.netloc}{target}"
        plain: socket.socket | None = None
        try:
            connection.connect()
            plain = connection.sock
            deadline_ms = self._clock.monotonic_ms() + self._timeout_s * _MS_PER_S
            connection.sock = _DeadlineSocket(plain, deadline_ms, self._clock)
            connection.request("POST", target, body, {"Host": self._endpoint.netloc, "Connection": "close", **headers})
            response = connection.getresponse()
            told = response.getheader("Retry-After", "") or ""
            return Reply(response.status, response.read(_MOST_BODY_BYTES), told)
        except ssl.SSLError as error:
            raise TlsError(type(error).__name__) from error
        finally:
            connection.close()
            if plain is not None:
                plain.close()

    def _connection(self) -> http.client.HTTPConnection:
        host, port = self._endpoint.hostname or "", self._endpoint.port
        if self._proxy.hostname:
            host, port = self._proxy.hostname, self._proxy.port or _PROXY_PORT
        if self._endpoint.scheme == "http":
            return http.client.HTTPConnection(host, port, timeout=self._timeout_s)
        context = ssl.create_default_context()
        connection = http.client.HTTPSConnection(host, port, timeout=self._timeout_s, context=context)
        if self._proxy.hostname:
            connection.set_tunnel(self._endpoint.hostname or "", self._endpoint.port or http.client.HTTPS_PORT)
        return connection


class _DeadlineSocket:
    """A socket whose every wait ends at one deadline. A plain timeout begins anew with each byte that arrives."""

    def __init__(self, plain: socket.socket, deadline_ms: float, clock: Clock) -> None:
        self._plain = plain
        self._deadline_ms = deadline_ms
        self._clock = clock

    def sendall(self, data: bytes) -> None:
        """Send all of it in time."""
        self.spend()
        self._plain.sendall(data)

    def makefile(self, mode: str) -> io.BufferedReader:
        """What ``http.client`` reads the answer from; only ``rb`` is ever asked for."""
        if mode != "rb":
            raise ValueError(mode)
        return io.BufferedReader(_DeadlineReader(self, self._plain))

    def close(self) -> None:
        """Nothing yet: ``http.client`` closes once it has the headers, and the body is still to be read."""

    def spend(self) -> None:
        """Let the next wait last as long as there is time."""
        left_ms = self._deadline_ms - self._clock.monotonic_ms()
        if left_ms <= 0:
            raise TimeoutError("the answer took too long")
        self._plain.settimeout(left_ms / _MS_PER_S)


class _DeadlineReader(io.RawIOBase):
    def __init__(self, timed: _DeadlineSocket, plain: socket.socket) -> None:
        self._timed = timed
        self._plain = plain

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:  # Any: the type of a writable buffer has no name before 3.12
        self._timed.spend()
        return self._plain.recv_into(buffer)

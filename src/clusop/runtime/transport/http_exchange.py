"""One HTTP request and its answer, within a time that cannot be stretched by a server that answers byte by byte."""

from __future__ import annotations

import http.client
import io
import socket
import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from clusop.clock import Clock

__all__ = ["PROXY_PORT", "Exchange", "Reply", "TlsError"]

_MOST_BODY_BYTES = 1 << 20
_MS_PER_S = 1000
# As in the JVM's dispatcher.
PROXY_PORT = 3128
_MOST_LINE_BYTES = 1 << 16
_MOST_HEADERS = 100
_STATUS_PARTS = 2


class TlsError(OSError):
    """No secure connection: the message is half a sentence that says why."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back. ``body`` is cut at 1 MiB."""

    status: int
    body: bytes
    retry_after: str


class Exchange:
    """Requests to one endpoint, each on a connection of its own: there is one every few seconds, and nothing to keep alive.

    ``timeout_ms`` bounds connecting, with the proxy's tunnel and TLS, and again everything after it.
    """

    def __init__(self, endpoint: str, proxy: str, timeout_ms: int, clock: Clock) -> None:
        self._endpoint = urlsplit(endpoint)
        self._proxy = urlsplit(proxy)
        default = http.client.HTTP_PORT if self._endpoint.scheme == "http" else http.client.HTTPS_PORT
        self._host, self._port = self._endpoint.hostname or "", self._endpoint.port or default
        self._timeout_s = timeout_ms / _MS_PER_S
        self._clock = clock

    def post(self, path: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        """POST ``body``. Raises ``OSError`` or ``HTTPException``."""
        target = f"{self._endpoint.path.rstrip('/')}{path}"
        if self._proxy.hostname and self._endpoint.scheme == "http":
            # A proxy for plain HTTP wants the whole address; for https it is asked for a tunnel.
            target = f"http://{self._endpoint.netloc}{target}"
        connection = http.client.HTTPConnection(self._host, self._port)
        plain: socket.socket | None = None
        try:
            plain = self._connected()
            deadline_ms = self._clock.monotonic_ms() + self._timeout_s * _MS_PER_S
            connection.sock = _DeadlineSocket(plain, deadline_ms, self._clock)
            connection.request("POST", target, body, {"Host": self._endpoint.netloc, "Connection": "close", **headers})
            response = connection.getresponse()
            told = response.getheader("Retry-After", "") or ""
            return Reply(response.status, response.read(_MOST_BODY_BYTES), told)
        except ssl.SSLCertVerificationError as error:
            raise TlsError("its certificate is not trusted here") from error
        except ssl.SSLError as error:
            raise TlsError(f"no secure connection comes about ({error.reason or type(error).__name__})") from error
        finally:
            connection.close()
            if plain is not None:
                plain.close()

    def _connected(self) -> socket.socket:
        """A socket the request can be written to. Not by ``http.client``, whose tunnel may take as long as the proxy likes."""
        deadline_ms = self._clock.monotonic_ms() + self._timeout_s * _MS_PER_S
        proxy = self._proxy.hostname
        place = (proxy, self._proxy.port or PROXY_PORT) if proxy else (self._host, self._port)
        plain = socket.create_connection(place, self._timeout_s)
        try:
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._endpoint.scheme == "http":
                return plain
            timed = _DeadlineSocket(plain, deadline_ms, self._clock)
            if proxy:
                self._dig(timed)
            timed.spend()  # a handshake as a whole takes no longer than the socket may wait
            return ssl.create_default_context().wrap_socket(plain, server_hostname=self._host)
        except BaseException:
            plain.close()
            raise

    def _dig(self, timed: _DeadlineSocket) -> None:
        """Have the proxy connect us with the endpoint."""
        host = f"[{self._host}]" if ":" in self._host else self._host
        timed.sendall(f"CONNECT {host}:{self._port} HTTP/1.1\r\nHost: {host}:{self._port}\r\n\r\n".encode("ascii"))
        with timed.makefile("rb") as answer:
            status = answer.readline(_MOST_LINE_BYTES).split(None, 2)
            if len(status) < _STATUS_PARTS or not status[0].startswith(b"HTTP/") or status[1] != b"200":
                raise OSError("the proxy opens no tunnel")
            for _ in range(_MOST_HEADERS):
                if answer.readline(_MOST_LINE_BYTES) in {b"\r\n", b"\n", b""}:
                    return
        raise OSError("the proxy opens no tunnel")


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

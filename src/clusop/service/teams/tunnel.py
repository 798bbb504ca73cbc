"""A connection to a message's target through a proxy: ``CONNECT``, and no byte of the message before the proxy said yes."""

from __future__ import annotations

import ipaddress
import socket
from typing import TYPE_CHECKING

from clusop.reasons import Reason
from clusop.service.teams.egress import addresses_of
from clusop.service.teams.watchdog import watched

if TYPE_CHECKING:
    from clusop.service.teams.egress import Egress, Target
    from clusop.service.teams.proxy import Proxy

__all__ = ["tunnel"]

_MOST_HEAD_BYTES = 16_384
_STATUS_PARTS = 2
_OK, _REDIRECTS = 200, 300


def tunnel(proxy: Proxy, target: Target, egress: Egress, seconds: float) -> socket.socket | Reason:
    """A connection that ends at ``target``, not encrypted yet; or why there is none. Both steps take ``seconds`` at most.

    The proxy finds the address of a name, so only a host that is an address itself can be judged here.
    """
    if _is_address(target.host):
        judged = addresses_of(target, egress, lambda host, _port: [host])
        if isinstance(judged, Reason):
            return judged
    try:
        connected = socket.create_connection((proxy.host, proxy.port), seconds)
    except (OSError, UnicodeError) as error:
        return _closed(proxy, f"no connection ({type(error).__name__})")
    with watched(connected, seconds) as is_late:
        try:
            connected.sendall(_question(target))
            why = _fault(_head(connected))
        except OSError as error:
            why = "it did not answer in time" if isinstance(error, TimeoutError) else "it broke the connection"
    # What the watchdog breaks looks ended by the proxy.
    why = "it did not answer in time" if is_late.is_set() else why
    if not why:
        return connected
    connected.close()
    return _closed(proxy, why)


def _question(target: Target) -> bytes:
    host = f"[{target.host}]" if ":" in target.host else target.host
    return f"CONNECT {host}:{target.port} HTTP/1.1\r\nHost: {host}:{target.port}\r\n\r\n".encode("ascii")


def _head(connected: socket.socket) -> bytes:
    """What the proxy says, up to the blank line or its end. Behind that line it is silent until we speak."""
    head = b""
    while b"\r\n\r\n" not in head and len(head) < _MOST_HEAD_BYTES:
        part = connected.recv(_MOST_HEAD_BYTES)
        if not part:
            break
        head += part
    return head


def _fault(head: bytes) -> str:
    """Why no tunnel stands, ``""`` where it does. Repeats the number only: the rest is the proxy's, and may be anything."""
    words = head.partition(b"\r\n")[0].split()
    is_http = len(words) >= _STATUS_PARTS and words[0].startswith(b"HTTP/1.") and words[1][:4].isdigit()
    if not is_http or not head.endswith(b"\r\n\r\n"):
        return "it broke the connection" if not head else "its answer is no HTTP"
    status = int(words[1][:4])
    return "" if _OK <= status < _REDIRECTS else f"it refuses with HTTP {status}"


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _closed(proxy: Proxy, why: str) -> Reason:
    return Reason("not-reached", f"the proxy {proxy.host}: {why}")

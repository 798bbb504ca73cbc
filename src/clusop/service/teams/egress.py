"""Where messages may go: hosts on a list, over https, at public addresses. Everything else is refused before a byte is sent."""

from __future__ import annotations

import ipaddress
import re
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import urlsplit

from clusop.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Callable

    from clusop.service.teams.proxy import Proxy

__all__ = ["HOST_SUFFIXES", "Egress", "Resolve", "Target", "addresses_of", "target_of"]

Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network
Resolve: TypeAlias = "Callable[[str, int], list[str]]"

HOST_SUFFIXES = ("logic.azure.com", "environment.api.powerplatform.com")
"""Hosts of Workflows webhooks, old and new, end so."""
_HTTPS_PORT = 443
_HOST = re.compile(r"(?=.{1,253}\Z)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*")
# What may stand in an address as it goes over the wire. A line break would be a second header.
_WHOLE = re.compile(r"[!-~]{1,4096}")
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class Egress:
    """What a channel's settings allow beyond the list: exact hosts, networks that are not public, and for tests http on the
    loopback. ``proxy`` is the way out of the service as a whole.
    """

    hosts: frozenset[str] = frozenset()
    networks: tuple[Network, ...] = ()
    http_on_loopback: bool = False
    proxy: Proxy | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Target:
    """An address taken apart. ``path`` holds the secret; nothing prints it."""

    host: str
    port: int
    path: str
    is_tls: bool

    def __repr__(self) -> str:
        return f"Target({self.host!r}, {self.port})"


def target_of(address: str, egress: Egress) -> Target | Reason:
    """The parts of an allowed address, or why it is none. No reason repeats more of it than the host."""
    if not _WHOLE.fullmatch(address):
        return _refused("it is empty, too long, or holds blanks or other characters than ASCII")
    try:
        parts = urlsplit(address)
        host, port = (parts.hostname or "").lower().rstrip("."), parts.port
    except ValueError:
        return _refused("it cannot be read")
    if parts.username is not None or parts.password is not None or parts.fragment or "\\" in address:
        return _refused("it holds a user, a fragment or a backslash")
    if not (_HOST.fullmatch(host) or host == "::1"):
        return _refused("its host is no name")
    is_test = egress.http_on_loopback and host in _LOOPBACK and parts.scheme == "http"
    if parts.scheme != "https" and not is_test:
        return _refused("it is not https")
    if not (is_test or host in egress.hosts or _is_listed(host)):
        return _refused(f"{host} is not on the list of hosts")
    if _is_listed(host) and host not in egress.hosts and port not in {None, _HTTPS_PORT}:
        return _refused(f"{host} is addressed at another port than {_HTTPS_PORT}")
    path = f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
    return Target(host, port or (_HTTPS_PORT if parts.scheme == "https" else 80), path, parts.scheme == "https")


def addresses_of(target: Target, egress: Egress, resolve: Resolve | None = None) -> tuple[str, ...] | Reason:
    """The addresses to connect to, every one of them looked at: a name that also leads inside is refused as a whole. Connect
    to these and do not resolve the name again, since the next answer may be another.
    """
    try:
        found = (resolve or _resolved)(target.host, target.port)
    except OSError:
        return Reason("not-reached", f"the name {target.host} was not found")
    if not found:
        return Reason("not-reached", f"the name {target.host} was not found")
    for text in found:
        if not _is_allowed(text, target, egress):
            return _refused(f"{target.host} leads to an address that is not public")
    return tuple(dict.fromkeys(found))


def _is_listed(host: str) -> bool:
    return any(host == suffix or host.endswith(f".{suffix}") for suffix in HOST_SUFFIXES)


def _is_allowed(text: str, target: Target, egress: Egress) -> bool:
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address):
        # An IPv4 address in the clothes of IPv6 is judged as what it is.
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if inner is not None:
            address = inner
    if egress.http_on_loopback and address.is_loopback and not target.is_tls:
        return True
    if any(address in network for network in egress.networks if network.version == address.version):
        return True
    return address.is_global and not address.is_multicast


def _resolved(host: str, port: int) -> list[str]:
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def _refused(why: str) -> Reason:
    return Reason("address-refused", why)

"""Which caller a token or a trusted proxy's header stands for. Tokens are remembered for a few seconds."""

from __future__ import annotations

import hashlib
import ipaddress
import threading
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Literal, TypeAlias

from clusop.errors import InputError
from clusop.reasons import Reason
from clusop.service.actor import Actor
from clusop.service.failed_lookups import FailedLookups, peer_key
from clusop.service.ingest.batch import ALL_WORKSPACES
from clusop.service.tokens import ADMIN, READ, SCOPES, is_among, note_use, secret_hashes, token_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from clusop.clock import Clock
    from clusop.service.settings.settings import Settings
    from clusop.service.store.database import Database
    from clusop.service.tokens import Token

__all__ = ["Caller", "Callers", "Network", "TooManyWrongError", "Way", "trusted_networks"]

Way: TypeAlias = Literal["bearer", "basic", "proxy"]
Network: TypeAlias = "ipaddress.IPv4Network | ipaddress.IPv6Network"

_REMEMBERED_MS = 5000
_MOST_REMEMBERED = 1000
_NOTED_EVERY_MS = 60_000
_MINUTE_MS = 60_000
_MOST_NAME_CHARS = 200


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, by which ``way``, and what they may. ``key`` is theirs alone: a token's handle, a person's name."""

    actor: Actor
    scopes: frozenset[str]
    workspace: str
    way: Way
    key: str


class TooManyWrongError(Exception):
    """Too many tokens that are none came from one address; ``wait_s``: in how many seconds to come back."""

    def __init__(self, wait_s: int) -> None:
        super().__init__()
        self.wait_s = wait_s


class Callers:
    """Knows callers. A revoked token is refused after five seconds at the latest, by every replica."""

    def __init__(self, database: Database, settings: Settings, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._header = settings.text("proxy_header")
        self._networks = trusted_networks(settings)
        self._admins = settings.names("proxy_admins")
        self._per_minute = settings.count("requests_per_minute")
        self._remembered: dict[bytes, tuple[float, Token | None]] = {}
        self._spent: dict[str, tuple[int, int]] = {}
        self._failed = FailedLookups()
        self._hashes: tuple[float, Mapping[str, bytes]] = (float("-inf"), {})
        self._lock = threading.Lock()
        self._hashes_lock = threading.Lock()

    def remembered(self, told: str) -> tuple[bool, Token | None]:
        """Whether the token was looked up just now, and what was found."""
        found = self._remembered.get(_key(told))
        if found is None or found[0] < self._clock.monotonic_ms():
            return False, None
        return True, found[1]

    def look_up(self, told: str, address: str) -> Token | None:
        """The token, from the database; keeps that it was used. Raises ``TooManyWrongError`` where ``address`` asked for too many
        that are none, and this is none either.
        """
        now_ms, peer = self._now_ms(), peer_key(address)
        # Taken first, lest many at once all find one left. A good token is never refused for a neighbour's wrong ones.
        wait_s = self._failed.take(peer, self._clock.monotonic_ms())
        if wait_s and not is_among(told, self._all_hashes()):
            raise TooManyWrongError(wait_s)
        with self._database.reading() as connection:
            token = token_of(connection, told)
        if token is not None and not wait_s:
            self._failed.give_back(peer, self._clock.monotonic_ms())
        if token is not None and (token.used_at_ms or 0) < now_ms - _NOTED_EVERY_MS:
            handle = token.handle
            self._database.write(lambda connection: note_use(connection, handle, now_ms))
        with self._lock:
            if len(self._remembered) >= _MOST_REMEMBERED:
                self._remembered.clear()
            self._remembered[_key(told)] = (self._clock.monotonic_ms() + _REMEMBERED_MS, token)
        return token

    def _all_hashes(self) -> Mapping[str, bytes]:
        """Of all tokens, as they were within the last seconds: one read, however many ask."""
        with self._hashes_lock:
            until_ms, hashes = self._hashes
            if until_ms < self._clock.monotonic_ms():
                with self._database.reading() as connection:
                    hashes = secret_hashes(connection)
                self._hashes = (self._clock.monotonic_ms() + _REMEMBERED_MS, hashes)
        return hashes

    def forget(self) -> None:
        """Look everything up anew: a token was revoked."""
        with self._lock:
            self._remembered.clear()

    def by_token(self, token: Token | None, way: Way) -> Caller | Reason:
        """The caller a token stands for, or why it is none."""
        if token is None:
            return Reason("no-token")
        if refusal := token.refusal(self._now_ms()):
            return refusal
        scopes = frozenset(scope for scope in SCOPES if token.may(scope))
        return Caller(Actor(token.name or token.handle, "token"), scopes, token.workspace, way, token.handle)

    @property
    def proxy_header(self) -> str:
        """The header a trusted proxy names people in, ``""`` where none does."""
        return self._header

    def asker_of(self, peer: str, forwarded: str) -> str:
        """The address that asks: the peer's, or, where that is a trusted proxy, the one that it names last in
        ``X-Forwarded-For``. What stands before that anybody may have written.
        """
        if not self._header or not self._trusts(peer):
            return peer
        named = forwarded.rpartition(",")[2].strip()
        return named if peer_key(named) else peer

    def by_proxy(self, address: str, name: str) -> Caller | None:
        """The person a trusted proxy at ``address`` names."""
        if not name or len(name) > _MOST_NAME_CHARS or not name.isprintable() or not self._trusts(address):
            return None
        is_admin = any(fnmatchcase(name.casefold(), glob.casefold()) for glob in self._admins)
        scopes = frozenset({READ, ADMIN} if is_admin else {READ})
        return Caller(Actor(name, "person"), scopes, ALL_WORKSPACES, "proxy", f"person:{name}")

    def spend(self, caller: Caller) -> int:
        """Count a request; 0 where it is within the caller's rate, else in how many seconds to come back."""
        now_ms = int(self._clock.monotonic_ms())
        minute = now_ms // _MINUTE_MS
        with self._lock:
            began, count = self._spent.get(caller.key, (minute, 0))
            count = count + 1 if began == minute else 1
            if len(self._spent) > _MOST_REMEMBERED:
                self._spent.clear()
            self._spent[caller.key] = (minute, count)
        return 0 if count <= self._per_minute else (_MINUTE_MS - now_ms % _MINUTE_MS) // 1000 + 1

    def _trusts(self, address: str) -> bool:
        try:
            told = ipaddress.ip_address(address)
        except ValueError:
            return False
        # At a socket for both families IPv4 arrives in the clothes of IPv6.
        inner = told.ipv4_mapped if isinstance(told, ipaddress.IPv6Address) else None
        told = inner or told
        return any(told in network for network in self._networks)

    def _now_ms(self) -> int:
        return int(self._clock.now_at().timestamp() * 1000)


def trusted_networks(settings: Settings) -> list[Network]:
    """From where a proxy is believed. Raises ``InputError``."""
    return [_network(told) for told in settings.names("proxy_addresses")]


def _network(told: str) -> Network:
    try:
        return ipaddress.ip_network(told, strict=False)
    except ValueError as error:
        raise InputError(
            "proxy_addresses", f"{told[:60]!r} is no address or network", "Give 10.0.0.7 or 10.0.0.0/24."
        ) from error


def _key(told: str) -> bytes:
    return hashlib.sha256(told.encode("utf-8", "surrogateescape")).digest()

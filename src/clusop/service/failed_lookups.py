"""How many tokens that are none an address may have looked up: each costs a read of the database, and there are 2^256 of them."""

from __future__ import annotations

import ipaddress
import threading
from collections import OrderedDict
from math import ceil

__all__ = ["FailedLookups", "peer_key"]

_AT_ONCE = 30
_REFILL_MS = 2_000
_MOST_ADDRESSES = 1_000
_SITE_BITS = 64


class FailedLookups:
    """A bucket of 30 by address, which gains one every two seconds. A look-up takes one, and gives it back where the token was
    good. Of more than a thousand addresses those that were heard of least lately are forgotten.
    """

    def __init__(self) -> None:
        self._spent: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._spent)

    def take(self, address: str, now_ms: float) -> int:
        """Take one; 0 where there was one, else in how many seconds there is."""
        with self._lock:
            spent = self._spent_now(address, now_ms)
            is_left = spent + 1 <= _AT_ONCE
            self._spent[address] = (now_ms, spent + 1 if is_left else spent)
            self._spent.move_to_end(address)
            if len(self._spent) > _MOST_ADDRESSES:
                self._spent.popitem(last=False)
        return 0 if is_left else max(1, ceil((spent + 1 - _AT_ONCE) * _REFILL_MS / 1000))

    def give_back(self, address: str, now_ms: float) -> None:
        """The token was good."""
        with self._lock:
            if address in self._spent:
                self._spent[address] = (now_ms, max(0.0, self._spent_now(address, now_ms) - 1))

    def _spent_now(self, address: str, now_ms: float) -> float:
        at_ms, spent = self._spent.get(address, (now_ms, 0.0))
        return max(0.0, spent - max(0.0, now_ms - at_ms) / _REFILL_MS)


def peer_key(address: str) -> str:
    """What counts as one address: of IPv6 a whole site, whose every host has more addresses than can be remembered.

    >>> peer_key("2001:db8:0:1::7"), peer_key("::ffff:10.0.0.7"), peer_key("10.0.0.7")
    ('2001:db8:0:1::', '10.0.0.7', '10.0.0.7')
    """
    try:
        told = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if isinstance(told, ipaddress.IPv4Address):
        return str(told)
    if told.ipv4_mapped is not None:
        return str(told.ipv4_mapped)
    return str(ipaddress.ip_network((int(told), _SITE_BITS), strict=False).network_address)

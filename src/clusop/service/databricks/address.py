"""Addresses that credentials may travel to: https, and http to this very machine."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

__all__ = ["is_loopback", "is_safe"]


def is_safe(url: str) -> bool:
    """Whether nobody on the way can read what is sent there.

    >>> [is_safe(url) for url in ("https://a.example", "http://127.0.0.1:8080", "http://a.example")]
    [True, True, False]
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname))


def is_loopback(host: str | None) -> bool:
    """Whether ``host`` is this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False

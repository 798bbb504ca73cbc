"""The HTTP proxy that messages leave through, where the network has no other way out. Read from the setting ``message_proxy``."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from clusop.errors import InputError

__all__ = ["Proxy", "proxy_of"]

_HOW = "Give http://host:port; what goes through it to Teams is encrypted all the same."
# As for the agent's proxy.
_PORT = 3128


@dataclass(frozen=True, slots=True)
class Proxy:
    """Where it listens. It takes no credentials: a settings file is no place for them."""

    host: str
    port: int = _PORT


def proxy_of(told: str, where: str = "message_proxy") -> Proxy | None:
    """The proxy at the URL ``told``, ``None`` for the empty one. Raises ``InputError``, which does not repeat the URL."""
    if not told:
        return None
    try:
        parts = urlsplit(told)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise InputError(where, "is no URL", _HOW) from None
    if parts.username is not None or parts.password is not None:
        raise InputError(where, "holds a user name or password, which would be logged", _HOW)
    if parts.scheme != "http" or not host or not host.isascii():
        raise InputError(where, "is no http URL of a proxy", _HOW)
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise InputError(where, "holds more than host and port", _HOW)
    return Proxy(host, port or _PORT)

"""One POST to a Workflows webhook: the address checked, the name resolved once, no redirect, an end in time."""

from __future__ import annotations

import http.client
import socket
import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING

from clusop.reasons import Reason
from clusop.service.teams.egress import Egress, Resolve, addresses_of, target_of
from clusop.service.teams.outcome import Outcome, outcome_of, unreached, unsure
from clusop.service.teams.tunnel import tunnel
from clusop.service.teams.watchdog import watched

if TYPE_CHECKING:
    from clusop.service.teams.egress import Target

__all__ = ["Patience", "post_message"]


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds to wait for a connection, and for all of the rest together; ``resolve`` finds the addresses of a name."""

    connect_s: float = 10.0
    total_s: float = 30.0
    resolve: Resolve | None = None


def post_message(
    address: str,
    body: bytes,
    egress: Egress,
    now_s: float,
    patience: Patience | None = None,
) -> Outcome:
    """POST ``body`` to ``address``. Raises nothing for what can go wrong on the way, and no text it makes holds the address."""
    patience = patience or Patience()
    target = target_of(address, egress)
    if isinstance(target, Reason):
        return unreached(target)
    connected = _connected(target, egress, patience)
    if isinstance(connected, Reason):
        return unreached(connected)
    return _exchanged(connected, target, body, patience, now_s)


def _connected(target: Target, egress: Egress, patience: Patience) -> socket.socket | Reason:
    """A connection, with TLS where the target wants it: through the proxy where there is one, else to an address looked at."""
    # Without TLS it is a test on the loopback, which is another one where the proxy stands.
    if egress.proxy is not None and target.is_tls:
        plain = tunnel(egress.proxy, target, egress, patience.connect_s)
        return plain if isinstance(plain, Reason) else _secured(plain, target)
    addresses = addresses_of(target, egress, patience.resolve)
    return addresses if isinstance(addresses, Reason) else _first_of(addresses, target, patience)


def _first_of(addresses: tuple[str, ...], target: Target, patience: Patience) -> socket.socket | Reason:
    """A connection to the first address that answers."""
    reason = Reason("not-reached", f"{target.host}: nobody answered")
    for address in addresses:
        try:
            plain = socket.create_connection((address, target.port), patience.connect_s)
        except OSError as error:
            why = "no connection in time" if isinstance(error, TimeoutError) else f"no connection ({_word(error)})"
            reason = Reason("not-reached", f"{target.host}: {why}")
            continue
        found = _secured(plain, target) if target.is_tls else plain
        if not isinstance(found, Reason):
            return found
        reason = found
    return reason


def _secured(plain: socket.socket, target: Target) -> socket.socket | Reason:
    """The connection with TLS, to whoever proves to be the target; closed where nobody does."""
    try:
        return ssl.create_default_context().wrap_socket(plain, server_hostname=target.host)
    except (OSError, ValueError) as error:
        plain.close()
        return Reason("not-reached", f"{target.host}: TLS failed ({_word(error)})")


def _exchanged(connected: socket.socket, target: Target, body: bytes, patience: Patience, now_s: float) -> Outcome:
    """Send, and read the answer's head. A body is not read: it could be endless, and could repeat the address."""
    connection = http.client.HTTPConnection(target.host, target.port, timeout=patience.total_s)
    connection.sock = connected
    with watched(connected, patience.total_s) as is_late:
        try:
            connection.request("POST", target.path, body, {"Content-Type": "application/json", "Connection": "close"})
            answer = connection.getresponse()
            return outcome_of(answer.status, answer.headers.get("Retry-After", ""), now_s)
        except (OSError, http.client.HTTPException, ValueError) as error:
            is_over = is_late.is_set() or isinstance(error, TimeoutError)
            return unsure(f"{patience.total_s:g} s were over" if is_over else f"the connection broke, {_word(error)}")
        finally:
            connection.close()
            connected.close()


def _word(error: BaseException) -> str:
    """The kind of an error. Its text may quote what was sent or received."""
    return type(error).__name__

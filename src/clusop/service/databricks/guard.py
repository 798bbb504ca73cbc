"""The gate in front of the network: one requests session whose adapter sends nothing but the requests of the allow-list.

It sits below everything of the SDK, on the prepared request, where method, address and body are those that would go out.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter

from clusop.service.databricks.address import is_safe
from clusop.service.databricks.allowed import STATEMENTS, is_allowed_read, statement_to_cancel
from clusop.service.databricks.fault import NotAllowedError

if TYPE_CHECKING:
    from clusop.service.databricks.statements import StatementSet

__all__ = ["Gate", "guarded_session", "no_credentials"]

_STATEMENT_KEYS = frozenset(
    {
        "statement",
        "warehouse_id",
        "parameters",
        "wait_timeout",
        "on_wait_timeout",
        "disposition",
        "format",
        "row_limit",
        "byte_limit",
    }
)


class Gate:
    """Knows the one host (https, or this machine), the statements that may run, and which of them this client started."""

    def __init__(self, host: str, warehouse: str, statements: StatementSet) -> None:
        if not is_safe(host):
            raise NotAllowedError("clusop sends its credentials over https only")
        self._origin = _origin(host)
        self._warehouse = warehouse
        self._statements = statements
        self._started: set[str] = set()

    def started(self, statement_id: str) -> None:
        """Remember a statement of ours: it may be cancelled."""
        self._started.add(statement_id)

    def check(self, method: str, url: str, body: object) -> None:
        """Raise ``NotAllowedError`` unless this request is one that clusop may make. ``body`` is bytes, text or nothing."""
        parts = urlsplit(url)
        path = parts.path
        if _origin(url) != self._origin or "@" in parts.netloc or parts.fragment:
            raise NotAllowedError("clusop talks to the configured workspace only")
        if body in (None, b"", "") and is_allowed_read(method, path):
            return
        if statement_to_cancel(method, path) in self._started and _json(body) in ({}, None) and not parts.query:
            return
        if method == "POST" and path == STATEMENTS and not parts.query:
            self._check_statement(_json(body))
            return
        raise NotAllowedError(f"clusop only reads: {method} {path[:200]} is none of its requests")

    def _check_statement(self, body: object) -> None:
        if not isinstance(body, dict) or not set(body) <= _STATEMENT_KEYS:
            raise NotAllowedError("a statement of clusop has a text, a warehouse and parameters, and nothing else")
        if body.get("warehouse_id") != self._warehouse:
            raise NotAllowedError("clusop uses the configured SQL warehouse only")
        self._statements.refuse_others(body.get("statement"))


class _GuardedAdapter(HTTPAdapter):
    """Checks what is about to be sent. There is no way around it: the session has no other adapter."""

    def __init__(self, gate: Gate, connections: int) -> None:
        self.gate = gate
        super().__init__(pool_maxsize=connections, pool_block=True)

    def send(  # The parameters are those of requests.
        self, request: requests.PreparedRequest, *arguments: Any, **named: Any
    ) -> requests.Response:
        """Check, then send."""
        self.gate.check(request.method or "", request.url or "", request.body)
        return super().send(request, *arguments, **named)


def guarded_session(gate: Gate, connections: int = 4) -> requests.Session:
    """A session that sends nothing else. Redirects are not followed by whoever uses it; the gate would check them too."""
    session = requests.Session()
    session.adapters.clear()
    for scheme in ("https://", "http://"):
        session.mount(scheme, _GuardedAdapter(gate, connections))
    session.auth = no_credentials
    return session


def no_credentials(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Adds nothing: without it requests would look for a password for this host in the user's netrc file."""
    return request


def _origin(url: str) -> tuple[str, str, int | None]:
    parts = urlsplit(url)
    return parts.scheme, (parts.hostname or "").lower(), parts.port or {"https": 443, "http": 80}.get(parts.scheme)


def _json(body: object) -> object:
    if body in (None, b"", ""):
        return None
    if not isinstance(body, (bytes, str)):
        raise NotAllowedError("clusop sends no streams")
    try:
        return json.loads(body)
    except ValueError:
        raise NotAllowedError("clusop sends JSON only") from None

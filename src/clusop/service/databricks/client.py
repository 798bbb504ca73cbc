"""The client for Databricks: the SDK's configuration and API classes over a transport that can only do what is listed.

:class:`ReadOnlyApiClient` takes the place of the SDK's own ``ApiClient``, which every API class of the SDK sends through; it
builds each request itself and hands it to the guarded session.
"""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import requests
from databricks.sdk.core import ApiClient, Config

from clusop.reasons import Reason
from clusop.service.databricks.address import is_loopback
from clusop.service.databricks.allowed import STATEMENTS
from clusop.service.databricks.fault import NotAllowedError, WarehouseError
from clusop.service.databricks.guard import Gate, guarded_session, no_credentials
from clusop.service.databricks.patience import ATTEMPTS, is_worth_another, pause_s
from clusop.service.databricks.transport import LinkExpiredError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from clusop.service.databricks.statements import StatementSet

__all__ = ["ReadOnlyApiClient"]

_TIMEOUT_S = 90
_LONGEST_CHUNK = 256 << 20
_OK, _MULTIPLE, _BAD = 200, 300, 400
_LONGEST_DETAIL = 200
_TAKEN = frozenset({"url", "query", "headers", "body", "raw", "files", "data", "auth", "response_headers"})


class ReadOnlyApiClient(ApiClient):
    """An ``ApiClient`` that raises ``NotAllowedError`` for whatever is not on the list, before a byte is sent."""

    def __init__(
        self,
        config: Config,
        statements: StatementSet,
        warehouse: str,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        super().__init__(config)
        # The SDK's own way out, which some of its API classes reach past ``do`` for.
        self._api_client: Any = _NoWayOut()
        self._gate = Gate(config.host, warehouse, statements)
        self._session = guarded_session(self._gate)
        self._links = requests.Session()
        self._links.auth = no_credentials
        self._pause = pause

    def do(self, method: str, path: str | None = None, *rest: Any, **named: Any) -> Any:  # Any: as the SDK has them
        """Make a request of the allow-list; ``named`` are ``url``, ``query``, ``headers`` and ``body``."""
        if rest or set(named) - _TAKEN or any(named.get(name) for name in ("raw", "files", "data", "auth")):
            raise NotAllowedError(f"clusop moves no files: {method} {(path or '')[:200]}")
        url, body = named.get("url"), named.get("body")
        target = str(url) if url is not None else f"{self._cfg.host}{path}"
        try:
            sent = json.dumps(body) if body else None
        except TypeError:
            raise NotAllowedError(f"clusop sends plain JSON only: {method} {(path or '')[:200]}") from None
        # Before the token is fetched, which may be a request of its own.
        self._gate.check(method, target, sent)
        response = self._answered(method, target, named, sent)
        answer = _document(response)
        if method == "POST" and path == STATEMENTS and isinstance(answer, dict):
            self._gate.started(str(answer.get("statement_id", "")))
        return answer

    def get_oauth_token(self, auth_details: str) -> Any:
        """Refused: such tokens open doors that clusop has no business behind."""
        raise NotAllowedError(f"clusop asks for no token of its own ({len(auth_details)} characters of details)")

    def request(self, method: str, path: str, body: Mapping[str, object] | None = None) -> Mapping[str, object]:
        """The JSON object of an answer."""
        answer = self.do(method, path, body=dict(body) if body else None)
        if not isinstance(answer, dict):
            raise WarehouseError(Reason("result-unreadable", f": {method} {path} gave no JSON object"))
        return answer

    def fetch(self, link: str, headers: Mapping[str, str]) -> bytes:
        """The bytes behind a link to cloud storage. The workspace's token is not sent there."""
        parts = urlsplit(link)
        is_near = is_loopback(parts.hostname) and is_loopback(urlsplit(self._cfg.host).hostname)
        if parts.scheme != "https" and not is_near:
            raise NotAllowedError("clusop follows https links only")
        clean = {name: value for name, value in headers.items() if name.lower() != "authorization"}
        for attempt in range(ATTEMPTS):
            status, rows, after = self._linked(link, clean)
            if status == _OK:
                return rows
            if status and not is_worth_another(status):
                raise LinkExpiredError
            self._wait(attempt, after)
        # No address: it is a secret for as long as it lives.
        raise WarehouseError(Reason("warehouse-unreachable", ": cloud storage does not give the rows"))

    def _linked(self, link: str, headers: Mapping[str, str]) -> tuple[int, bytes, str]:
        """Status, bytes and ``Retry-After``; status 0 where nobody answered."""
        try:
            with self._links.get(
                link, headers=dict(headers), timeout=_TIMEOUT_S, stream=True, allow_redirects=False
            ) as response:
                rows = _bounded(response) if response.status_code == _OK else b""
                return response.status_code, rows, response.headers.get("Retry-After", "")
        except requests.RequestException:
            return 0, b"", ""

    def _answered(self, method: str, target: str, named: Mapping[str, Any], sent: str | None) -> requests.Response:
        failure = ""
        for attempt in range(ATTEMPTS):
            response, failure = self._once(method, target, named, sent)
            if response is not None and not is_worth_another(response.status_code):
                return response
            after = response.headers.get("Retry-After", "") if response is not None else ""
            self._wait(attempt, after)
        raise WarehouseError(Reason("warehouse-unreachable", f" ({failure} after {ATTEMPTS} tries)"))

    def _wait(self, attempt: int, retry_after: str) -> None:
        # After the last try nothing comes that would be waited for.
        if attempt + 1 < ATTEMPTS:
            self._pause(pause_s(attempt, retry_after))

    def _once(
        self, method: str, target: str, named: Mapping[str, Any], sent: str | None
    ) -> tuple[requests.Response | None, str]:
        headers = {**(named.get("headers") or {}), **self._credentials()}
        if sent is not None:
            headers["Content-Type"] = "application/json"
        try:
            response = self._session.request(
                method,
                target,
                params=_flat(named.get("query") or {}),
                headers=headers,
                data=sent,
                timeout=_TIMEOUT_S,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            return None, type(error).__name__
        return response, f"HTTP {response.status_code}"

    def _credentials(self) -> dict[str, str]:
        try:
            return dict(self._cfg.authenticate())
        except (ValueError, OSError, requests.RequestException) as error:
            raise WarehouseError(Reason("not-authenticated", f" ({type(error).__name__})")) from error


class _NoWayOut:
    """In place of the SDK's HTTP client."""

    def __getattr__(self, name: str) -> Any:
        """Refuse, whatever is asked for."""
        raise NotAllowedError(f"clusop does not use the SDK's own HTTP client ({name})")


def _document(response: requests.Response) -> dict[str, Any] | list[Any]:
    if _OK <= response.status_code < _MULTIPLE:
        try:
            answer = response.json() if response.content else {}
        except ValueError:
            answer = None
        if isinstance(answer, (dict, list)):
            return answer
        raise WarehouseError(Reason("result-unreadable", ": the workspace answered without JSON"))
    raise WarehouseError(_refused(response))


def _refused(response: requests.Response) -> Reason:
    try:
        told = response.json()
    except ValueError:
        told = None
    message = told.get("message", "") if isinstance(told, dict) else ""
    detail = f" (HTTP {response.status_code}: {' '.join(str(message).split())[:_LONGEST_DETAIL]})"
    if response.status_code < _BAD:
        return Reason("warehouse-unreachable", f" (HTTP {response.status_code}, a redirect, which is not followed)")
    kinds = {401: "not-authenticated", 403: "no-permission", 404: "warehouse-missing"}
    return Reason(kinds.get(response.status_code, "statement-failed"), detail)


def _bounded(response: requests.Response) -> bytes:
    parts: list[bytes] = []
    size = 0
    for part in response.iter_content(1 << 20):
        size += len(part)
        if size > _LONGEST_CHUNK:
            raise WarehouseError(Reason("result-unreadable", ": a chunk is larger than 256 MiB"))
        parts.append(part)
    return b"".join(parts)


def _flat(query: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """``{"filter_by": {"is": True}}`` as ``filter_by.is=true``, which is how the API takes it."""
    found: dict[str, Any] = {}
    for name, value in query.items():
        if isinstance(value, dict):
            found |= _flat(value, f"{prefix}{name}.")
        else:
            found[f"{prefix}{name}"] = ("true" if value else "false") if isinstance(value, bool) else value
    return found

"""Records to the aggregator: one POST per batch, and what each answer means for it."""

from __future__ import annotations

import http.client
import json
import re
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from clusop.reasons import Reason
from clusop.runtime.transport.http_exchange import Exchange, Reply, TlsError
from clusop.runtime.transport.outcome import Delivered, Rejected, RetryLater
from clusop.runtime.transport.token_file import TokenError, read_token

if TYPE_CHECKING:
    from collections.abc import Sequence

    from clusop.clock import Clock
    from clusop.runtime.transport.outcome import Outcome

__all__ = ["HttpTransport"]

_PATH = "/v1/signals"
_RECEIPT = "clusop_receipt"
_LONGEST_WAIT_S = 300.0
_OK = 200
_TOO_LARGE = 413
_DENIED = frozenset({401, 403})
_BAD = frozenset({400, 422})
_BUSY = frozenset({408, 425, 429})
_SERVER_FAULT = 500
_REASON_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_MOST_REASON_CHARS = 40
_SECONDS = re.compile(r"[0-9]{1,9}")


class HttpTransport:
    """An aggregator. Redirects are not followed: the records go where the owner of the cluster said, or nowhere.

    Only an answer that is the aggregator's receipt acknowledges; a captive portal says 200 too.
    """

    def __init__(self, exchange: Exchange, token_file: str, clock: Clock) -> None:
        self._exchange = exchange
        self._token_file = token_file
        self._clock = clock

    def send(self, lines: Sequence[str]) -> Outcome:
        """POST the lines."""
        headers = {"Content-Type": "application/x-ndjson", "Accept": "application/json"}
        try:
            # Read at every send: a rotated token needs no restart.
            if self._token_file:
                headers["Authorization"] = f"Bearer {read_token(self._token_file)}"
            reply = self._exchange.post(_PATH, ("\n".join(lines) + "\n").encode("utf-8"), headers)
        except TokenError as error:
            return RetryLater(Reason("unreadable-token-file", f" ({error})"))
        except TlsError:
            return RetryLater(Reason("endpoint-unreachable", ": its certificate is not trusted here"))
        except (OSError, http.client.HTTPException, ValueError) as error:
            told = getattr(error, "strerror", None) or type(error).__name__
            return RetryLater(Reason("endpoint-unreachable", f" ({told})"))
        return self._judge(reply, len(lines))

    def _judge(self, reply: Reply, count: int) -> Outcome:
        if reply.status == _OK:
            return _receipt(reply.body, count)
        if reply.status == _TOO_LARGE:
            return Rejected("too-large")
        if reply.status in _BAD:
            return Rejected("refused")
        told = f" (HTTP {reply.status})"
        if reply.status in _DENIED:
            return RetryLater(Reason("endpoint-denied", told))
        if reply.status in _BUSY or reply.status >= _SERVER_FAULT:
            return RetryLater(Reason("endpoint-busy", told), self._wait_s(reply.retry_after))
        # Redirects, 404 and the like: the URL is wrong. Nothing is lost by it; a corrected setting sends what still waits.
        return RetryLater(Reason("endpoint-not-ours", told))

    def _wait_s(self, told: str) -> float:
        """``Retry-After`` in either of its forms, at most five minutes."""
        if _SECONDS.fullmatch(told.strip()):
            return min(float(told), _LONGEST_WAIT_S)
        try:
            wait_s = (parsedate_to_datetime(told) - self._clock.now_at()).total_seconds()
        except (TypeError, ValueError, IndexError, OverflowError):
            return 0.0
        return min(max(wait_s, 0.0), _LONGEST_WAIT_S)


def _receipt(body: bytes, count: int) -> Outcome:
    try:
        receipt = json.loads(body)
    except (ValueError, RecursionError):
        receipt = None
    if not isinstance(receipt, dict) or receipt.get(_RECEIPT) != 1:
        return RetryLater(Reason("endpoint-not-ours", ": its answer is no receipt"))
    lost: dict[str, int] = {}
    refused = receipt.get("refused")
    # Never more than was sent: a wrong answer must not invent losses.
    for one in (refused if isinstance(refused, list) else [])[:count]:
        reason = one.get("reason") if isinstance(one, dict) else None
        known = isinstance(reason, str) and len(reason) <= _MOST_REASON_CHARS and _REASON_ID.fullmatch(reason)
        name = str(reason) if known else "refused"
        lost[name] = lost.get(name, 0) + 1
    return Delivered(lost)

"""Records to the aggregator: one POST per batch, and what each answer means for it."""

from __future__ import annotations

import http.client
import json
import re
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from clusop.reasons import Reason, catalogue
from clusop.runtime.transport.http_exchange import Exchange, Reply, TlsError
from clusop.runtime.transport.outcome import Delivered, Rejected, RetryLater
from clusop.runtime.transport.record_name import identity
from clusop.runtime.transport.token_file import TokenError, read_token

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from clusop.clock import Clock
    from clusop.runtime.transport.outcome import Outcome

__all__ = ["HttpTransport"]

_PATH = "/v1/signals"
_RECEIPT = "clusop_receipt"
# Less than the 75 s after which the agent takes a silent holder for gone and its dispatcher knocks itself.
_LONGEST_WAIT_S = 60.0
_OK = 200
_TOO_LARGE = 413
_DENIED = frozenset({401, 403})
_BAD = frozenset({400, 422})
_BUSY = frozenset({408, 425, 429})
_SERVER_FAULT = 500
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
        except TlsError as error:
            return RetryLater(Reason("endpoint-unreachable", f": {error}"))
        except (OSError, http.client.HTTPException, ValueError) as error:
            told = getattr(error, "strerror", None) or type(error).__name__
            return RetryLater(Reason("endpoint-unreachable", f" ({told})"))
        return self._judge(reply, lines)

    def _judge(self, reply: Reply, lines: Sequence[str]) -> Outcome:
        if reply.status == _OK:
            return _receipt(reply.body, lines)
        told = f" (HTTP {reply.status})"
        if reply.status == _TOO_LARGE or reply.status in _BAD:
            # A gateway may want less at once, so a batch is halved; but only the aggregator itself condemns a record.
            if len(lines) == 1 and not _is_ours(reply.body):
                return RetryLater(Reason("endpoint-not-ours", told))
            return Rejected("too-large" if reply.status == _TOO_LARGE else "refused")
        if reply.status in _DENIED:
            return RetryLater(Reason("endpoint-denied", told))
        if reply.status in _BUSY or reply.status >= _SERVER_FAULT:
            return RetryLater(Reason("endpoint-busy", told), self._wait_s(reply.retry_after))
        # Redirects, 404 and the like: the URL is wrong. Nothing is lost by it; a corrected setting sends what still waits.
        return RetryLater(Reason("endpoint-not-ours", told))

    def _wait_s(self, told: str) -> float:
        """``Retry-After`` in either of its forms, at most a minute."""
        if _SECONDS.fullmatch(told.strip()):
            return min(float(told), _LONGEST_WAIT_S)
        try:
            wait_s = (parsedate_to_datetime(told) - self._clock.now_at()).total_seconds()
        except (TypeError, ValueError, IndexError, OverflowError):
            return 0.0
        return min(max(wait_s, 0.0), _LONGEST_WAIT_S)


def _receipt(body: bytes, lines: Sequence[str]) -> Outcome:
    try:
        receipt = json.loads(body)
    except (ValueError, RecursionError):
        receipt = None
    if not isinstance(receipt, dict) or _number(receipt, _RECEIPT) != 1:
        return RetryLater(Reason("endpoint-not-ours", ": its answer is no receipt"))
    told = receipt.get("refused", [])
    refused = told if isinstance(told, list) else []
    # A receipt speaks of every record that was sent, or of none: what it is silent about may be lost.
    if _number(receipt, "accepted") + _number(receipt, "known") + len(refused) != len(lines):
        return RetryLater(Reason("endpoint-not-ours", ": its receipt is for another number of records"))
    lost: dict[str, str] = {}
    sent = {identity(line): line for line in lines}
    for one in refused:
        line = sent.get((str(one.get("agent")), str(one.get("sequence")))) if isinstance(one, dict) else None
        if line is None:
            continue  # a wrong answer must not invent losses
        reason = one.get("reason")
        # Losses leave in records, where only our own ids may stand.
        lost[line] = reason if isinstance(reason, str) and reason in catalogue() else "refused"
    return Delivered(lost)


def _is_ours(body: bytes) -> bool:
    """Whether a refusal is in the aggregator's words: JSON with a sentence or a receipt."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return False
    return isinstance(told, dict) and (isinstance(told.get("sentence"), str) or _RECEIPT in told)


def _number(receipt: Mapping[str, object], name: str) -> int:
    """A count of the receipt; ``true`` is none. One that is missing fits no sum."""
    told = receipt.get(name)
    return told if isinstance(told, int) and not isinstance(told, bool) and told >= 0 else -(1 << 40)

"""What became of one try to hand over a message, and which answer means what.

The table. A message may be sent again only where it is *proven* that nobody took it:

==============================================  ===========  =====================================================
what happened                                   fate         why
==============================================  ===========  =====================================================
200 to 299                                      accepted     the flow took it; whether it posts it, no answer tells
429                                             again        throttled before the flow ran
503 with Retry-After                            again        the server asks to come again: it did not take it
300 to 399                                      refused      a redirect is not followed: the message would go elsewhere
400, 401, 403, 404, 410, 413, other 4xx         refused      the same message would be refused again
408, 500, 502, 504, 503 without Retry-After     unconfirmed  a gateway may say so after the flow took it
name, proxy, connection or TLS failed           again        no byte of the message had left
address missing or refused                      again        as above; a person may mend the settings meanwhile
time ran out or connection broke after that     unconfirmed  the message had begun to leave
an answer that is no HTTP                       unconfirmed  as above
==============================================  ===========  =====================================================

*Unconfirmed* is never sent again: a message that may have arrived is told in the next digest instead.
"""

from __future__ import annotations

from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from enum import Enum

from clusop.reasons import Reason

__all__ = ["Fate", "Outcome", "outcome_of", "unreached", "unsure"]

_BUSY, _UNAVAILABLE, _TIMED_OUT = 429, 503, 408
_OK, _REDIRECTS, _FAULTS, _SERVER_FAULTS = 200, 300, 400, 500
_S_MS = 1_000
_LONGEST_WAIT_S = 6 * 3_600
_DIGITS = 9
_MEANINGS = {
    400: "the signature in the address is wrong or expired, the flow is switched off, or it cannot read the message",
    401: "the flow does not let anyone call it: set 'Who can trigger the flow' to 'Anyone', or renew the address",
    403: "the receiver forbids it",
    404: "there is no such flow; it was deleted, or its owner left",
    410: "the flow was removed",
    413: "the message is too large for it",
}


class Fate(str, Enum):
    """What a try came to."""

    ACCEPTED = "accepted"
    AGAIN = "again"
    REFUSED = "refused"
    UNCONFIRMED = "unconfirmed"


@dataclass(frozen=True, slots=True)
class Outcome:
    """A fate with its reason. ``retry_after_ms`` is what the receiver asked for, 0 where it did not."""

    fate: Fate
    reason: Reason
    status: int | None = None
    retry_after_ms: int = 0


def outcome_of(status: int, retry_after: str, now_s: float) -> Outcome:
    """What an HTTP answer means. ``now_s`` counts from 1970, for a Retry-After that is a date."""
    wait_ms = _wait_ms(retry_after, now_s)
    if _OK <= status < _REDIRECTS:
        return Outcome(Fate.ACCEPTED, Reason("message-accepted", str(status)), status)
    if status == _BUSY or (status == _UNAVAILABLE and wait_ms is not None):
        return Outcome(Fate.AGAIN, Reason("receiver-busy", f"HTTP {status}"), status, wait_ms or 0)
    if status == _TIMED_OUT or status >= _SERVER_FAULTS or status < _OK:
        return Outcome(Fate.UNCONFIRMED, Reason("answer-unclear", f"HTTP {status}"), status)
    meaning = "it points elsewhere, which is not followed" if status < _FAULTS else _MEANINGS.get(status, "")
    return Outcome(Fate.REFUSED, Reason("message-refused", f"HTTP {status}{': ' if meaning else ''}{meaning}"), status)


def unreached(reason: Reason) -> Outcome:
    """No byte of the message left."""
    return Outcome(Fate.AGAIN, reason)


def unsure(why: str) -> Outcome:
    """The message had begun to leave, and no answer came. ``why`` names no address."""
    return Outcome(Fate.UNCONFIRMED, Reason("answer-missing", why))


def _wait_ms(text: str, now_s: float) -> int | None:
    """Retry-After in ms, seconds or a date; ``None`` where it is not there or says nothing."""
    told = text.strip()
    if not told:
        return None
    if told.isascii() and told.isdigit():
        return min(int(told[:_DIGITS]), _LONGEST_WAIT_S) * _S_MS
    try:
        seconds = parsedate_to_datetime(told).timestamp() - now_s
    except (TypeError, ValueError, OverflowError):
        return None
    return int(min(max(seconds, 0), _LONGEST_WAIT_S) * _S_MS)

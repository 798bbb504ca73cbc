"""Hours that are stored and stand on the bill no more: their rows were taken out of it, or clusop may not see them any longer.

Such an hour gets a version of its own: no DBUs, no dollars, a reason, and nothing attributed, so that what it replaced of modeled
figures counts again. The version before stays. Where its rows come back, it is an hour of the bill like any other.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from sqlalchemy import select

from clusop.pricing.price import Unpriced
from clusop.reasons import Reason
from clusop.service.resolver.bill import BillHour, BillKey
from clusop.service.resolver.draft import Expectation, draft_of
from clusop.service.resolver.sharing import Part
from clusop.service.store.tables.money import bill_hours
from clusop.units import MS_PER_HOUR

if TYPE_CHECKING:
    from collections.abc import Container

    from sqlalchemy import Connection

    from clusop.service.resolver.draft import Draft
    from clusop.service.resolver.observed import Known
    from clusop.service.resolver.settings import ResolverSettings

__all__ = ["LEFT", "left_draft", "left_keys"]

LEFT = "left-the-bill"
_KEY = tuple(bill_hours.c[name] for name in BillKey._fields)
_NOTHING, _WHOLE = Fraction(0), Fraction(1)


def left_keys(
    connection: Connection, bill: Container[BillKey], span_ms: tuple[int, int], known: Known
) -> tuple[BillKey, ...]:
    """Of the stored hours in ``[from, to)`` those that are not in ``bill``, which was read to its end. What was not asked for is
    none of them: agents of its workspace may all be forgotten by now.
    """
    inside = (
        bill_hours.c.is_current.is_(True),
        bill_hours.c.hour_at_ms >= span_ms[0],
        bill_hours.c.hour_at_ms < span_ms[1],
    )
    stored = (BillKey(*row) for row in connection.execute(select(*_KEY).where(*inside)))
    return tuple(sorted(key for key in stored if key not in bill and known.is_ours(key.workspace, key.cluster)))


def left_draft(key: BillKey, settings: ResolverSettings, now_ms: int) -> Draft:
    """The hour as it is to stand now, the same at each run."""
    hour = BillHour(key, usd=Unpriced(Reason(LEFT)))
    expectation = Expectation(_NOTHING, None, _NOTHING, now_ms - key.hour_at_ms - MS_PER_HOUR)
    return draft_of(hour, (Part("unobserved", None, _WHOLE),), expectation, settings.book, settings.currency)

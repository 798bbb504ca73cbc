"""The customer's own price of a DBU, as the newest bill that was shared out applied it."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from clusop.pricing.price import Price
from clusop.service.store.tables.money import bill_hours
from clusop.units import Range

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

__all__ = ["read_negotiated", "shortest_price"]

_MICRO = 1_000_000
_MOST_PLACES = 12


def read_negotiated(connection: Connection) -> Mapping[tuple[str, str], Price]:
    """Dollars per DBU by cloud and SKU, of hours billed at negotiated prices; ``usd/dbu`` with the account's entries.

    A bill in another currency tells no dollars.
    """
    column = bill_hours.c
    billed = (
        column.is_current,
        column.basis == "billed-negotiated",
        column.currency == "USD",
        column.unit == "DBU",
        column.microusd > 0,
    )
    group = (column.cloud, column.sku, column.price_ids)
    newest = select(*group, func.max(column.hour_at_ms).label("at_ms")).where(*billed).group_by(*group)
    found: dict[tuple[str, str], Price] = {}
    for cloud, sku, price_ids, _ in connection.execute(newest.order_by(func.max(column.hour_at_ms).desc())):
        key = (cloud.upper(), sku.upper())
        if key in found:
            continue
        # Dollars are rounded by the hour: the dearest hour tells the price best.
        dearest = connection.execute(
            select(column.microusd, column.dbu)
            .where(*billed, column.cloud == cloud, column.sku == sku, column.price_ids == price_ids)
            .order_by(column.microusd.desc(), column.id)
            .limit(1)
        ).one()
        usd = shortest_price(dearest.microusd, Fraction(dearest.dbu))
        if usd is not None:
            found[key] = Price(Range.of(usd), "usd/dbu", tuple(str(one) for one in json.loads(price_ids)))
    return found


def shortest_price(microusd: int, dbu: Fraction) -> Fraction | None:
    """The shortest decimal that ``dbu`` times gives ``microusd``, rounded; the quotient where twelve places are too few.

    >>> shortest_price(2_175_000, Fraction("14.5"))
    Fraction(3, 20)
    """
    if dbu <= 0:
        return None
    exact = Fraction(microusd, _MICRO) / dbu
    for places in range(_MOST_PLACES + 1):
        near = round(exact, places) if places else Fraction(round(exact))
        if near > 0 and abs(near * dbu * _MICRO - microusd) * 2 <= 1:
            return near
    return exact

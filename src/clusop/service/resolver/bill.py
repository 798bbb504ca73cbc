"""The bill of a span of time: quantities by cluster, hour, SKU and engine, with the price of each, or why there is none."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from clusop.pricing.price import Unpriced
from clusop.reasons import Reason
from clusop.service.databricks.parameters import big, date, text
from clusop.service.databricks.statements import read_statement
from clusop.units import MS_PER_HOUR

if TYPE_CHECKING:
    from collections.abc import Mapping

    from clusop.service.databricks.values import Value
    from clusop.service.databricks.warehouse import Warehouse
    from clusop.service.resolver.observed import Known
    from clusop.service.resolver.price_list import PriceList

__all__ = ["USAGE", "BillHour", "BillKey", "BillPart", "read_bill"]

USAGE = read_statement("clusop.service.resolver", "queries/usage")
_COLUMNS = ("workspace", "cluster", "sku", "is_photon", "cloud", "unit", "start_us", "end_us", "quantity")
_US_PER_MS = 1000
_US_PER_HOUR = MS_PER_HOUR * _US_PER_MS


class BillKey(NamedTuple):
    """What makes one hour of the bill: cluster, hour, SKU, engine, cloud and unit."""

    workspace: str
    cluster: str
    hour_at_ms: int
    sku: str
    is_photon: bool
    cloud: str
    unit: str


class BillPart(NamedTuple):
    """What was billed of a part of the hour; corrections are in the quantity."""

    start_us: int
    end_us: int
    quantity: Fraction


@dataclass(slots=True)
class BillHour:
    """One hour of the bill, priced. ``usd`` is ``Unpriced`` as a whole where a part has no price."""

    key: BillKey
    parts: list[BillPart] = field(default_factory=list)
    usd: Fraction | Unpriced = field(default_factory=lambda: Unpriced(Reason("no-billed-price")))
    basis: str = ""
    price_ids: tuple[str, ...] = ()

    @property
    def quantity(self) -> Fraction:
        """All of it, exact."""
        return sum((part.quantity for part in self.parts), Fraction(0))

    @property
    def span_us(self) -> tuple[int, int] | None:
        """From when to when was billed; what was taken back altogether does not count."""
        kept = [part for part in self.parts if part.quantity]
        return (min(part.start_us for part in kept), max(part.end_us for part in kept)) if kept else None


def read_bill(
    warehouse: Warehouse, prices: PriceList, from_ms: int, to_ms: int, known: Known
) -> Mapping[BillKey, BillHour]:
    """The hours that began in ``[from_ms, to_ms)``, of workspaces and clusters that agents told of."""
    parameters = (
        # The table is laid out by day; a day on either side, so that no reading of "day" loses a row.
        date("from_date", _day(from_ms, -1)),
        date("to_date", _day(to_ms, 1)),
        big("from_us", from_ms * _US_PER_MS),
        big("to_us", to_ms * _US_PER_MS),
        text("workspaces", ",".join(sorted(known.asked_for))),
    )
    found: dict[BillKey, BillHour] = {}
    for row in warehouse.rows(USAGE, _COLUMNS, parameters, is_large=True):
        key, part = _read(row)
        if not known.is_ours(key.workspace, key.cluster):
            continue
        hour = found.get(key)
        if hour is None:
            hour = found[key] = BillHour(key)
        hour.parts.append(part)
    for hour in found.values():
        _price(hour, prices)
    return found


def _day(at_ms: int, shift: int) -> str:
    at = datetime.fromtimestamp(at_ms / 1000, tz=timezone.utc) + timedelta(days=shift)
    return at.date().isoformat()


def _read(row: tuple[Value, ...]) -> tuple[BillKey, BillPart]:
    workspace, cluster, sku, is_photon, cloud, unit, start, end, quantity = row
    start_us = start if isinstance(start, int) else 0
    key = BillKey(
        str(workspace or ""),
        str(cluster or ""),
        start_us // _US_PER_HOUR * MS_PER_HOUR,
        str(sku or ""),
        bool(is_photon),
        str(cloud or "").upper(),
        str(unit or ""),
    )
    amount = quantity if isinstance(quantity, Fraction) else Fraction(0)
    return key, BillPart(start_us, end if isinstance(end, int) else start_us, amount)


def _price(hour: BillHour, prices: PriceList) -> None:
    """Each part at the price of its end. A price that is missing makes the whole hour unpriced: a bill without one of its
    parts is no figure.
    """
    usd = Fraction(0)
    bases: set[str] = set()
    ids: dict[str, None] = {}
    hour.parts.sort()
    for part in hour.parts:
        price = prices.price(hour.key.sku, hour.key.cloud, hour.key.unit, part.end_us)
        if isinstance(price, Unpriced):
            hour.usd = price
            return
        usd += part.quantity * price.usd
        bases.add(price.basis)
        ids |= dict.fromkeys(price.ids)
    hour.usd, hour.price_ids = usd, tuple(ids)
    # One part at list price makes the hour no better than that.
    hour.basis = "billed-at-list" if "billed-at-list" in bases else "billed-negotiated"

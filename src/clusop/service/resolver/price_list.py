"""Prices of the customer's own lists: by SKU, cloud, unit, currency and time."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from clusop.pricing.price import Unpriced
from clusop.reasons import Reason
from clusop.service.databricks.parameters import big
from clusop.service.databricks.statements import read_statement

if TYPE_CHECKING:
    from clusop.service.databricks.statements import Statement
    from clusop.service.databricks.warehouse import Warehouse
    from clusop.service.resolver.settings import ResolverSettings
    from clusop.service.resolver.tier import Tier

__all__ = ["PRICE_QUERIES", "BilledPrice", "PriceList", "read_price_list"]

_PACKAGE = "clusop.service.resolver"
_LIST = read_statement(_PACKAGE, "queries/list_prices")
_ACCOUNT = read_statement(_PACKAGE, "queries/account_prices")
PRICE_QUERIES: tuple[Statement, ...] = (_LIST, _ACCOUNT)
_COLUMNS = ("sku", "cloud", "unit", "currency", "start_us", "end_us", "price")


@dataclass(frozen=True, slots=True)
class BilledPrice:
    """What one unit costs, whose list says so, and the entries behind it."""

    usd: Fraction
    basis: Literal["billed-at-list", "billed-negotiated"]
    ids: tuple[str, ...]


@dataclass(slots=True)
class _Span:
    start_us: int
    end_us: int | None
    price: Fraction


@dataclass(slots=True)
class PriceList:
    """``account`` and ``listed`` by SKU, cloud, unit and currency, all in capitals; spans in order of their starts. Without
    ``has_list`` the list may not be read: then nobody knows whether it has a price.
    """

    settings: ResolverSettings
    has_list: bool = True
    account: dict[tuple[str, str, str, str], list[_Span]] = field(default_factory=dict)
    listed: dict[tuple[str, str, str, str], list[_Span]] = field(default_factory=dict)

    def price(self, sku: str, cloud: str, unit: str, at_us: int) -> BilledPrice | Unpriced:
        """The price of what ended ``at_us``; a negotiated one before the list's, from which a discount is taken."""
        currency = self.settings.currency
        key = (sku.upper(), cloud.upper(), unit.upper(), currency)
        own = _at(self.account.get(key, []), at_us)
        name = f"{sku}/{cloud.upper()}/{unit}/{currency}"
        if own is not None:
            return BilledPrice(own.price, "billed-negotiated", (f"account:{name}@{own.start_us}",))
        found = _at(self.listed.get(key, []), at_us)
        if found is None:
            return Unpriced(self._gap(key, at_us))
        ids: tuple[str, ...] = (f"list:{name}@{found.start_us}",)
        discount = self.settings.discount_of(sku)
        if discount is None:
            return BilledPrice(found.price, "billed-at-list", ids)
        ids = (*ids, f"discount:{discount.sku}={discount.ratio}")
        return BilledPrice(found.price * (1 - discount.ratio), "billed-at-list", ids)

    def _gap(self, key: tuple[str, str, str, str], at_us: int) -> Reason:
        others = sorted(
            other[3]
            for prices in (self.account, self.listed)
            for other, spans in prices.items()
            if other[:3] == key[:3] and other[3] != key[3] and _at(spans, at_us) is not None
        )
        named = f": {key[0]} on {key[1]}, in {key[2]}"
        if others:
            return Reason("price-in-other-currency", f"{named} ({', '.join(dict.fromkeys(others))}, not {key[3]})")
        return Reason("no-billed-price" if self.has_list else "list-not-readable", named)


def read_price_list(warehouse: Warehouse, tier: Tier, settings: ResolverSettings, from_us: int) -> PriceList:
    """The lists that the tier allows, as far as they matter from ``from_us`` on."""
    found = PriceList(settings, has_list=tier.has_list)
    if tier.name == "billed-negotiated":
        _read(warehouse, _ACCOUNT, from_us, found.account)
    if tier.has_list:
        _read(warehouse, _LIST, from_us, found.listed)
    return found


def _read(
    warehouse: Warehouse, query: Statement, from_us: int, into: dict[tuple[str, str, str, str], list[_Span]]
) -> None:
    rows = warehouse.rows(query, _COLUMNS, (big("from_us", from_us),), is_large=True)
    for sku, cloud, unit, currency, start_us, end_us, price in rows:
        if not isinstance(price, Fraction) or not isinstance(start_us, int):
            continue
        key = (str(sku).upper(), str(cloud).upper(), str(unit).upper(), str(currency).upper())
        into.setdefault(key, []).append(_Span(start_us, end_us if isinstance(end_us, int) else None, price))
    for spans in into.values():
        spans.sort(key=lambda span: span.start_us)


def _at(spans: list[_Span], at_us: int) -> _Span | None:
    """The newest span that holds at a time; of two that overlap the one that began later."""
    for span in reversed(spans[: bisect_right(spans, at_us, key=lambda one: one.start_us)]):
        if span.end_us is None or at_us < span.end_us:
            return span
    return None

"""Price entries of a decision in words: the table's, and those the service knows from the bill and from its settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clusop.report.amounts import number
from clusop.report.price_text import price_entry_views
from clusop.report.scrub import cut
from clusop.report.view import PriceEntryView

if TYPE_CHECKING:
    from collections.abc import Iterable

    from clusop.pricing.provider import PriceBook

__all__ = ["decision_price_views"]

_CHARS = 200
_OWN = {
    "learned": ("DBU per hour as billed, of", "dbu/hour", "learned from your bill"),
    "account": ("your own price per DBU of", "", "your account's prices, as billed"),
    "discount": ("discount on", "ratio", "settings of the service, section discounts"),
}


def decision_price_views(price_ids: Iterable[str], book: PriceBook) -> tuple[PriceEntryView, ...]:
    """The entries with these ids, in this order. ``learned:i3.xlarge/SKU=1.5`` carries its value with it."""
    return tuple(_view(price_id, book) for price_id in price_ids)


def _view(price_id: str, book: PriceBook) -> PriceEntryView:
    kind, colon, rest = price_id.partition(":")
    if not colon or kind not in _OWN:
        return price_entry_views((price_id,), book)[0]
    what, unit, source = _OWN[kind]
    name, equals, value = rest.rpartition("=")
    rate = " to ".join(number(end) for end in value.split("..")) if equals else ""
    shown = cut(name if equals else rest.partition("@")[0], _CHARS)
    return PriceEntryView(cut(price_id, _CHARS), f"{what} {shown}", f"{rate} {unit}" if rate else "", "", source)

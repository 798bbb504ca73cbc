"""Price entries of a decision in words: the table's, and those the service knows from the bill and from its settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clusop.report.amounts import number
from clusop.report.formula_text import input_label
from clusop.report.price_text import price_entry_views
from clusop.report.scrub import cut
from clusop.report.view import PriceEntryView
from clusop.service.views.days import date_of, day_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from clusop.pricing.provider import PriceBook

__all__ = ["decision_price_views"]

_CHARS = 200
_US_PER_MS = 1000
_MOST_DIGITS = 17
"""Of microseconds since 1970: until the year 5138."""
_RATE = input_label("usd_per_dbu")
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
    if equals:
        return PriceEntryView(cut(price_id, _CHARS), f"{what} {cut(name, _CHARS)}", f"{rate} {unit}", "", source)
    # Of a price of the account the id tells since when it holds, and not how much it is: that is an input of the formula.
    name, _, since_us = rest.partition("@")
    shown = f"{what} {cut(name, _CHARS)}"
    return PriceEntryView(cut(price_id, _CHARS), shown, f"{_RATE} in the formula", _since(since_us), source)


def _since(at_us: str) -> str:
    if not (at_us.isascii() and at_us.isdecimal() and len(at_us) <= _MOST_DIGITS):
        return ""
    return f"since {date_of(day_of(int(at_us) // _US_PER_MS))}"

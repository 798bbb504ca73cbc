"""What templates need beyond Jinja's own: amounts that do not break at the end of a line, bars drawn to scale."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from clusop.report.view import Slice

__all__ = ["FILTERS"]

_BAR_LENGTH = 100.0
# Escaped text: "<" is "&lt;".
_AMOUNT = re.compile("(?:[<>] )?\N{MINUS SIGN}?[$][0-9]+(?:[,.][0-9]+)*(?:\N{EN DASH}[0-9]+(?:[,.][0-9]+)*)?")
_UNBROKEN = Markup('<span class="nb">{}</span>')


def _amounts(text: str) -> Markup:
    """``text``, escaped, no amount of money broken at the end of a line."""
    pieces: list[Markup] = []
    end = 0
    for amount in _AMOUNT.finditer(text):
        pieces += (escape(text[end : amount.start()]), _UNBROKEN.format(amount.group()))
        end = amount.end()
    return Markup("").join((*pieces, escape(text[end:])))


def _rects(slices: tuple[Slice, ...]) -> list[tuple[float, float, str]]:
    """(start, length, tone) of each part of a bar 100 long; parts that add up to more are drawn to scale."""
    whole = max(sum(each.share_percent for each in slices), _BAR_LENGTH)
    rects, start = [], 0.0
    for each in slices:
        length = each.share_percent / whole * _BAR_LENGTH
        rects.append((round(start, 3), round(length, 3), each.tone))
        start += length
    return rects


FILTERS: Mapping[str, Callable[..., object]] = MappingProxyType({"amounts": _amounts, "rects": _rects})
"""By the names that templates call them."""

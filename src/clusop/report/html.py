"""The report as one HTML file: styles and drawings inside, no script, nothing fetched from anywhere."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup, escape

if TYPE_CHECKING:
    from datetime import datetime

    from clusop.report.view import ReportView, Slice

__all__ = ["render_html"]

_BAR_LENGTH = 100.0
# Escaped text: "<" is "&lt;".
_AMOUNT = re.compile("(?:[<>] )?\N{MINUS SIGN}?[$][0-9]+(?:[,.][0-9]+)*(?:\N{EN DASH}[0-9]+(?:[,.][0-9]+)*)?")


def render_html(view: ReportView, made_at: datetime | None = None) -> str:
    """The page. ``made_at`` is said in its head where it is given."""
    made = made_at.strftime("%Y-%m-%d %H:%M UTC") if made_at is not None else ""
    return _environment().get_template("report.html.j2").render(report=view, made=made)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FunctionLoader(_template),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    environment.filters["rects"] = _rects
    environment.filters["amounts"] = _amounts
    return environment


def _template(name: str) -> str:
    return resources.files("clusop.report").joinpath("templates").joinpath(name).read_text(encoding="utf-8")


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

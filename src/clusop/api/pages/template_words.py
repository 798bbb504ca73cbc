"""Filters of the pages' templates: times, amounts, durations, names."""

from __future__ import annotations

from datetime import datetime, timezone
from fractions import Fraction
from types import MappingProxyType
from typing import TYPE_CHECKING

from markupsafe import Markup

from clusop.report.amounts import duration, money, plural, share
from clusop.report.scrub import cut
from clusop.service.views.days import MS_PER_DAY, date_of
from clusop.units import Range

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["PAGE_FILTERS", "at_most", "day_and_time", "dollars", "until"]

_MICRO = 1_000_000
_LAST_MS = 253_402_300_799_000
_MS_PER_MINUTE, _MS_PER_HOUR = 60_000, 3_600_000
_MINUTES_BELOW, _HOURS_BELOW = 2 * 60, 48
_TIME = Markup('<time datetime="{}">{}</time>')


def dollars(low_microusd: int, high_microusd: int) -> str:
    """``$0.12–0.15`` of micro-dollars."""
    low, high = sorted((low_microusd, high_microusd))
    return money(Range(Fraction(low, _MICRO), Fraction(high, _MICRO)))


def until(length_ms: int) -> str:
    """A stretch of time in one unit: ``12 min``, ``5 h``, ``9 days``."""
    length_ms = abs(length_ms)
    if length_ms < _MS_PER_MINUTE:
        return "less than a minute"
    if length_ms < _MINUTES_BELOW * _MS_PER_MINUTE:
        return f"{length_ms // _MS_PER_MINUTE} min"
    if length_ms < _HOURS_BELOW * _MS_PER_HOUR:
        return f"{length_ms // _MS_PER_HOUR} h"
    return plural(length_ms // MS_PER_DAY, "day")


def _when(at_ms: int | None) -> str:
    """The minute, in UTC as all times are."""
    if at_ms is None:
        return "not known"
    return _TIME.format(_at(at_ms).isoformat(timespec="seconds"), day_and_time(at_ms))


def day_and_time(at_ms: int) -> str:
    """The minute in UTC: ``2026-11-29 10:05``."""
    return _at(at_ms).strftime("%Y-%m-%d %H:%M")


def _at(at_ms: int) -> datetime:
    return datetime.fromtimestamp(min(max(at_ms, 0), _LAST_MS) / 1000, tz=timezone.utc)


def _ago(at_ms: int | None, now_ms: int) -> str:
    if at_ms is None:
        return "not known"
    if at_ms > now_ms + _MS_PER_MINUTE:
        return f"in {until(at_ms - now_ms)}"
    return f"{until(now_ms - at_ms)} ago"


def _date(at_ms: int) -> str:
    return date_of(min(max(at_ms, 0), _LAST_MS) // MS_PER_DAY)


def _part(part: int, whole: int, *, is_upper_bound: bool = False) -> str:
    """A share. A part may be told to be more than the whole: an engine measures its time by a clock of its own, and what a stage
    used is spread evenly over hours in which executors came and went. How much more would say nothing; that it is more does.
    """
    if not whole:
        return "not known"
    if part > whole:
        return "≤ 100 %" if is_upper_bound else "> 100 %"
    return share(Fraction(part, whole), is_upper_bound=is_upper_bound)


def _part_between(part: int, least: int, most: int, *, is_upper_bound: bool = False) -> str:
    """A share of a whole between two ends: ``30 to 90 %``; of a part that is an upper bound, the share of the least whole."""
    high = _part(part, least, is_upper_bound=is_upper_bound)
    low = _part(part, most)
    return high if is_upper_bound or low == high else f"{low.removesuffix(' %')} to {high}"


def at_most(length_ms: int, *, is_upper_bound: bool) -> str:
    """A length of time, marked as the report marks a share that may be less: ``≤ 12.4 h``."""
    return f"{'≤ ' if is_upper_bound and length_ms else ''}{duration(length_ms)}"


def _short(text: object, limit: int = 80) -> str:
    return cut(str(text), limit)


def _plural(many: int, singular: str, several: str = "") -> str:
    return plural(many, singular, several)


PAGE_FILTERS: Mapping[str, Callable[..., object]] = MappingProxyType(
    {
        "ago": _ago,
        "at_most": at_most,
        "count_of": _plural,
        "date": _date,
        "date_of": date_of,
        "duration": duration,
        "part": _part,
        "part_between": _part_between,
        "short": _short,
        "when": _when,
    }
)
"""By the names that templates call them."""

"""Bar charts as rectangles that a template draws: a bar a day, its range lighter on top of what is sure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from clusop.service.views.days import date_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

__all__ = ["HEIGHT", "Bar", "Chart", "DayValue", "day_chart", "sparkline"]

HEIGHT = 100.0
"""Of a chart's own units; the page stretches it."""
_GAP = 0.2
_LEAST = 1.5
_ROUND_UP_TO = (1, 2, 2.5, 5, 10)


@dataclass(frozen=True, slots=True)
class DayValue:
    """What is drawn of a day. ``text`` says it in words, ``note`` what is not in it."""

    day: int
    low: int
    high: int
    text: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """One day: ``low_*`` is the sure part, ``high_*`` the whole range above it. ``label`` is read out."""

    x: float
    width: float
    low_y: float
    low_height: float
    high_y: float
    high_height: float
    label: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart. ``rows`` are the same values as (date, text, note), newest first, for those who do not see bars."""

    name: str
    title: str
    description: str
    width: int
    bars: tuple[Bar, ...]
    top: str
    middle: str
    first: str
    last: str
    rows: tuple[tuple[str, str, str], ...]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not self.bars


def day_chart(name: str, title: str, values: Sequence[DayValue], shown: Callable[[int], str]) -> Chart:
    """The chart of ``values``, one a day without gaps. ``shown`` puts a value of the scale into words."""
    most = _scale(max((value.high for value in values), default=0))
    bars = tuple(_bar(index, value, most) for index, value in enumerate(values) if value.high > 0)
    days = [value for value in values if value.high > 0 or value.note]
    dates = [date_of(value.day) for value in values]
    total = f"{len(bars)} of {len(values)} days have any" if bars else "none on any day"
    return Chart(
        name=name,
        title=title,
        description=f"{title}, {dates[0]} to {dates[-1]}: {total}." if dates else title,
        width=max(len(values), 1),
        bars=bars,
        top=shown(most),
        middle=shown(most // 2),
        first=dates[0] if dates else "",
        last=dates[-1] if dates else "",
        rows=tuple((date_of(value.day), value.text, value.note) for value in reversed(days)),
    )


def sparkline(values: Iterable[int]) -> str:
    """Small bars without words, as one SVG path; what they show stands beside them."""
    listed = list(values)
    most = max(listed, default=0)
    heights = ((index, round(max(value / most * HEIGHT, _LEAST))) for index, value in enumerate(listed) if value > 0)
    return "".join(f"M{index}.1 100v-{height}h.8v{height}z" for index, height in heights)


def _bar(index: int, value: DayValue, most: int) -> Bar:
    high = max(value.high / most * HEIGHT, _LEAST) if most else 0.0
    low = value.low / most * HEIGHT if most else 0.0
    return Bar(
        x=round(index + _GAP / 2, 3),
        width=round(1 - _GAP, 3),
        low_y=round(HEIGHT - low, 3),
        low_height=round(low, 3),
        high_y=round(HEIGHT - high, 3),
        high_height=round(high, 3),
        label=f"{date_of(value.day)}: {value.text}",
    )


def _scale(most: int) -> int:
    """The next round number: the top of the scale."""
    if most <= 0:
        return 0
    power = 10 ** (len(str(most)) - 1)
    return next(int(step * power) for step in _ROUND_UP_TO if step * power >= most)

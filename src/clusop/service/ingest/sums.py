"""Sums over signals that stop at the greatest integer a database holds. The order of adding does not matter. Pure."""

from __future__ import annotations

from operator import add
from typing import TYPE_CHECKING

from clusop.service.ingest.flatten import MOST
from clusop.service.ingest.limits import MS_PER_DAY
from clusop.service.ingest.seen import SUMS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from clusop.service.ingest.seen import SeenSignal

__all__ = ["NOTHING", "added", "day_of", "total"]

NOTHING = (0,) * len(SUMS)


def added(one: tuple[int, ...], other: tuple[int, ...]) -> tuple[int, ...]:
    """Both, column by column."""
    summed = tuple(map(add, one, other))
    return summed if max(summed) <= MOST else tuple(min(MOST, each) for each in summed)


def total(signals: Iterable[SeenSignal]) -> tuple[int, ...]:
    """The sums of many signals."""
    summed = tuple(map(sum, zip(*[signal.sums for signal in signals], strict=True))) or NOTHING
    return summed if max(summed) <= MOST else tuple(min(MOST, one) for one in summed)


def day_of(signal: SeenSignal) -> int:
    """The UTC day a signal counts in, days since 1970: that of its end."""
    return signal.end_at_ms // MS_PER_DAY

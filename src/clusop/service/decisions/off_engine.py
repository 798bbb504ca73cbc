"""J_all: the share of a window's task time that ran off the engine, for whatever cause."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from clusop.plan.dialect import dialect
from clusop.pricing.price import Unpriced
from clusop.reasons import Reason
from clusop.units import Range

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from clusop.service.decisions.agent_use import HourUse

__all__ = ["is_native_above_busy", "off_engine_share", "sql_ms"]


def off_engine_share(hours: Sequence[HourUse], engine: str) -> Range | Unpriced:
    """(good − native) ÷ good over the hours, ``good`` being busy time without failed and lost work.

    Both are added up before they are held against each other: a stage's time is spread evenly over its hours and the engine's has
    a clock of its own, so that of a single hour either may be the larger. Records do not tell how much of the native time failed,
    nor anything where no time of the engine's own was seen: there the share is a range. Where nothing tells native time it is not
    known.
    """
    good = sum(hour.good_ms for hour in hours)
    told = [(hour.native_ms, hour) for hour in hours if hour.native_ms is not None]
    if not told or not good:
        return Unpriced(Reason("native-time-unknown" if dialect(engine).time.task_accumulable else "no-native-time"))
    told_good = sum(hour.good_ms for _, hour in told)
    native_low = min(told_good, sum(max(0, native_ms - hour.failed_ms) for native_ms, hour in told))
    native_high = min(told_good, sum(native_ms for native_ms, _ in told)) + good - told_good
    return Range(1 - Fraction(native_high, good), 1 - Fraction(native_low, good))


def is_native_above_busy(hours: Iterable[HourUse]) -> bool:
    """Whether the hours tell more native time than tasks used, clocks or not: by more than a hundredth."""
    told = [(hour.native_ms, hour.busy_ms) for hour in hours if hour.native_ms is not None]
    return 100 * sum(native_ms for native_ms, _ in told) > 101 * sum(busy_ms for _, busy_ms in told)


def sql_ms(hours: Iterable[HourUse]) -> int:
    """Task time of SQL executions that ended well."""
    return sum(max(0, hour.good_ms - hour.non_sql_ms) for hour in hours)

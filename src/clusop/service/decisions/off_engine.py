"""J_all: the share of a window's task time that ran off the engine, for whatever cause."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from clusop.plan.dialect import dialect
from clusop.pricing.price import Unpriced
from clusop.reasons import Reason
from clusop.units import Range

if TYPE_CHECKING:
    from collections.abc import Iterable

    from clusop.service.decisions.agent_use import HourUse

__all__ = ["off_engine_share", "sql_ms"]


def off_engine_share(hours: Iterable[HourUse], engine: str) -> Range | Unpriced:
    """(good − native) ÷ good over the hours, ``good`` being busy time without failed and lost work.

    Records do not tell how much of the native time failed, nor anything where no time of the engine's own was seen: there the
    share is a range. Where nothing tells native time it is not known.
    """
    good = native_low = native_high = 0
    is_known = False
    for hour in hours:
        good += hour.good_ms
        if hour.native_ms is None:
            native_high += hour.good_ms
        else:
            is_known = True
            native_low += min(hour.good_ms, max(0, hour.native_ms - hour.failed_ms))
            native_high += min(hour.good_ms, hour.native_ms)
    if not is_known or not good:
        return Unpriced(Reason("native-time-unknown" if dialect(engine).time.task_accumulable else "no-native-time"))
    return Range(1 - Fraction(native_high, good), 1 - Fraction(native_low, good))


def sql_ms(hours: Iterable[HourUse]) -> int:
    """Task time of SQL executions that ended well."""
    return sum(max(0, hour.good_ms - hour.non_sql_ms) for hour in hours)

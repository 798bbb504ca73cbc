"""A decoded record to its flat form. It may be one of msgspec's types or one of the records' dataclasses: the names agree."""

from __future__ import annotations

from typing import Any

import msgspec

from clusop.analysis.records.money import NotPriced, PricedFigure
from clusop.service.ingest.seen import Seen, SeenHour, SeenSignal, SeenState
from clusop.service.store.tables.columns import PICO_HOURS

__all__ = ["MOST", "flat", "pico_hours"]

MOST = 2**63 - 1
"""Databases hold no larger integer. Sums stop there: an absurd record must not make the others unreadable."""
_STEPS = 10_000
_RANK_STEP = 2**48
_DECIMALS = len(str(PICO_HOURS)) - 1
_UNPRICED = (0, 0)

_encode = msgspec.json.Encoder(order="sorted").encode


def flat(record: Any, line: bytes, content_hash: bytes) -> Seen:  # Any: see the module's first line
    """The flat form. ``line`` is what was hashed."""
    kind = type(record).__name__
    if kind == "Signal":
        return _signal(record, line, content_hash)
    return _hour(record, content_hash) if kind == "UsageHour" else _state(record, content_hash)


def _signal(signal: Any, line: bytes, content_hash: bytes) -> SeenSignal:
    figures, time = signal.figures, signal.time
    recommendation = round(signal.confidence.recommendation.score * _STEPS)
    return SeenSignal(
        signal.workspace,
        signal.agent,
        signal.sequence,
        content_hash,
        signal.start_at_ms,
        line,
        signal.cluster,
        signal.workload,
        signal.task_key,
        signal.signature,
        signal.end_at_ms,
        signal.cause,
        signal.findings[0].operator,
        signal.family,
        signal.occurrence,
        signal.findings[0].is_upper_bound,
        signal.engine,
        signal.verdict,
        signal.action,
        signal.dbr,
        _json(signal.tags) if signal.tags else "{}",
        recommendation,
        recommendation * _RANK_STEP + min(time.run_ms or 0, _RANK_STEP - 1),
        _sums(signal, _ends(figures.exposure), _ends(figures.avoidable)),
    )


def _sums(signal: Any, exposure: tuple[int, int] | None, avoidable: tuple[int, int] | None) -> tuple[int, ...]:
    runs, time = signal.runs, signal.time
    cash, capacity = avoidable or _UNPRICED, _UNPRICED
    if signal.figures.avoidable_is_capacity:
        cash, capacity = capacity, cash
    return (
        1,
        runs,
        time.run_ms or 0,
        time.island_ms or 0,
        runs if time.island_ms is None else 0,
        0 if signal.hours is None else pico_hours(signal.hours),
        runs if signal.hours is None else 0,
        *(exposure or _UNPRICED),
        0 if exposure else runs,
        *cash,
        *capacity,
        0 if avoidable else runs,
    )


def pico_hours(told: str) -> int:
    """Exact hours of at most twelve decimals as a whole number of pico-hours.

    >>> pico_hours("0.25")
    250000000000
    """
    whole, _, rest = told.partition(".")
    return min(MOST, int(whole) * PICO_HOURS + int(rest.ljust(_DECIMALS, "0")))


def _ends(figure: Any) -> tuple[int, int] | None:
    if isinstance(figure, NotPriced):
        return None
    if not isinstance(figure, PricedFigure) and figure.unpriced is not msgspec.UNSET:
        return None
    return figure.low_microusd, figure.high_microusd


def _hour(hour: Any, content_hash: bytes) -> SeenHour:
    return SeenHour(
        hour.workspace,
        hour.agent,
        hour.sequence,
        content_hash,
        hour.hour_at_ms,
        hour.cluster,
        hour.revision,
        _json(hour.slot_ms),
        min(MOST, sum(hour.slot_ms.values())),
        hour.busy_ms,
        hour.native_ms,
        hour.non_sql_ms,
        hour.failed_ms,
        hour.lost_ms,
        hour.armed_since_at_ms,
    )


def _state(state: Any, content_hash: bytes) -> SeenState:
    return SeenState(
        state.workspace,
        state.agent,
        state.sequence,
        content_hash,
        state.started_at_ms,
        state.at_ms,
        state.armed_since_at_ms,
        state.cluster,
        state.compute,
        state.workload,
        state.task_key,
        state.clusop,
        state.spark,
        state.scala,
        state.java,
        state.dbr,
        state.image,
        state.engine,
        _encode(state.shape).decode(),
        _encode(state.doors).decode(),
        _json(state.losses),
        _json(state.executions),
        _json(state.unknown),
        state.late_armed,
        state.breaker,
        state.off,
        state.final,
    )


def _json(members: Any) -> str:
    return _encode(dict(members)).decode()

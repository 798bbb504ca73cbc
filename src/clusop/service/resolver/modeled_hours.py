"""In which hours of which clusters the modeled exposure of problems lies, by their signals: what the bill may replace."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, TypeAlias

import msgspec
from sqlalchemy import select

from clusop.service.resolver.problem_time import hours_of
from clusop.service.store.tables.agents import agents
from clusop.service.store.tables.problems import signals
from clusop.service.store.upsert import chunks
from clusop.units import MS_PER_HOUR

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy import ColumnElement, Connection

__all__ = ["MS_PER_DAY", "DayKey", "ModeledHours", "Place", "read_modeled_days", "read_modeled_hours"]

MS_PER_DAY = 24 * MS_PER_HOUR
_AT_ONCE = 2000

DayKey: TypeAlias = tuple[int, int]
"""A problem and a UTC day, days since 1970: that of its signals' end, as ``problem_days`` counts them."""
Place: TypeAlias = tuple[str, int]
"""A cluster and an hour."""
ModeledHours: TypeAlias = "Mapping[DayKey, Mapping[Place, tuple[Fraction, Fraction]]]"
"""Low and high micro-USD."""


class _Figure(msgspec.Struct):
    """A priced one, or an unpriced one, which has no dollars."""

    low_microusd: int = 0
    high_microusd: int = 0


class _Figures(msgspec.Struct):
    exposure: _Figure = msgspec.field(default_factory=_Figure)


class _Told(msgspec.Struct):
    """What is needed of a stored line; it was checked when it came."""

    cluster: str = ""
    figures: _Figures = msgspec.field(default_factory=_Figures)


_decode = msgspec.json.Decoder(_Told).decode


def read_modeled_hours(connection: Connection, at_ms: int) -> ModeledHours:
    """Of all signals that touch the UTC day of ``at_ms``, and of all that end on the same later day as one of the same problem
    that does: a signal's exposure is spread evenly over its span, as its time is.

    Signals made offline are among them: where the bill tells an hour of a problem, theirs is the same money.
    """
    from_ms = at_ms // MS_PER_DAY * MS_PER_DAY
    to_ms = from_ms + MS_PER_DAY
    found: dict[DayKey, dict[Place, tuple[Fraction, Fraction]]] = {}
    _read(connection, found, signals.c.end_at_ms >= from_ms, signals.c.start_at_ms < to_ms)
    later: dict[int, list[int]] = {}
    for problem_id, day in sorted(found):
        if day * MS_PER_DAY >= to_ms:
            later.setdefault(day, []).append(problem_id)
    for day, problem_ids in later.items():
        _read_day(connection, found, day, problem_ids, signals.c.start_at_ms >= to_ms)
    return found


def read_modeled_days(connection: Connection, keys: Iterable[DayKey]) -> ModeledHours:
    """Of all signals of these problems that end on these days."""
    by_day: dict[int, list[int]] = {}
    for problem_id, day in sorted(keys):
        by_day.setdefault(day, []).append(problem_id)
    found: dict[DayKey, dict[Place, tuple[Fraction, Fraction]]] = {}
    for day, problem_ids in by_day.items():
        _read_day(connection, found, day, problem_ids)
    return found


def _read_day(
    connection: Connection,
    found: dict[DayKey, dict[Place, tuple[Fraction, Fraction]]],
    day: int,
    problem_ids: Iterable[int],
    *where: ColumnElement[bool],
) -> None:
    ends = signals.c.end_at_ms.between(day * MS_PER_DAY, (day + 1) * MS_PER_DAY - 1)
    for some in chunks(problem_ids):
        _read(connection, found, signals.c.problem_id.in_(some), ends, *where)


def _read(
    connection: Connection, found: dict[DayKey, dict[Place, tuple[Fraction, Fraction]]], *where: ColumnElement[bool]
) -> None:
    rows = connection.execute(
        select(signals.c.problem_id, signals.c.start_at_ms, signals.c.end_at_ms, signals.c.line, agents.c.cluster)
        .join(agents, agents.c.id == signals.c.agent_id)
        # What is in no sum of the day is nothing that the bill could replace.
        .where(*where, signals.c.left_out == "")
        # Of this statement alone: the connection goes on, and may write.
        .execution_options(yield_per=_AT_ONCE)
    )
    for problem_id, start_ms, end_ms, line, agents_cluster in rows:
        told = _decode(line)
        ends = told.figures.exposure
        if not ends.high_microusd:
            continue
        cluster = told.cluster or agents_cluster
        by_place = found.setdefault((problem_id, end_ms // MS_PER_DAY), {})
        first_ms, last_ms = start_ms // MS_PER_HOUR * MS_PER_HOUR, end_ms // MS_PER_HOUR * MS_PER_HOUR + MS_PER_HOUR
        for hour_at_ms, part in hours_of(start_ms, end_ms, first_ms, last_ms):
            low, high = by_place.get((cluster, hour_at_ms), (Fraction(0), Fraction(0)))
            by_place[cluster, hour_at_ms] = (low + ends.low_microusd * part, high + ends.high_microusd * part)

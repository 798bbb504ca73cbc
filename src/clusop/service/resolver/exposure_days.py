"""What the bill tells of the exposure of problems' days, and how much of the modeled exposure it replaces.

The bill tells an hour of a problem on a cluster once every line of it has dollars, a known multiplier or none at all, and is
provisional no more. Until then the modeled figure stands for that hour, so that a day whose bill is still coming in does not look
cheap. Exposure of a day is modeled − replaced + derived.
"""

from __future__ import annotations

import json
from fractions import Fraction
from math import floor
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import or_, select

from clusop.analysis.economics.exact_text import parse_range
from clusop.pricing.price import Price, Unpriced
from clusop.service.ingest.flatten import MOST
from clusop.service.resolver.modeled_hours import MS_PER_DAY
from clusop.service.resolver.premium import premium_part
from clusop.service.store.tables.money import bill_hours, bill_shares
from clusop.service.store.tables.problems import problem_days
from clusop.service.store.upsert import chunks, inserting
from clusop.units import Range, usd_to_microusd

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import ColumnElement, Connection, Row

    from clusop.service.resolver.modeled_hours import DayKey, ModeledHours, Place

__all__ = ["replaced_microusd", "write_exposure"]


class _Day(NamedTuple):
    """As ``problem_days`` has them, micro-USD."""

    derived_low_microusd: int | None = None
    derived_high_microusd: int | None = None
    replaced_low_microusd: int = 0
    replaced_high_microusd: int = 0


_NOTHING = _Day()
_USD = "USD"
_COLUMNS = tuple(problem_days.c[name] for name in _Day._fields)
_Told = dict[tuple[int, "Place"], Range | None]


def write_exposure(connection: Connection, modeled: ModeledHours, at_ms: int) -> None:
    """Bring the UTC day of ``at_ms``, and later days of signals that began on it, to what the lines say now, in the transaction
    that writes the lines. Days that stay as they are are not written.
    """
    day = at_ms // MS_PER_DAY
    told = _told_hours(connection, day, modeled)
    before = _before(connection, day, modeled)
    derived: dict[DayKey, Range] = {}
    for (problem_id, (_, hour_at_ms)), premium in told.items():
        if premium is not None:
            key = (problem_id, hour_at_ms // MS_PER_DAY)
            derived[key] = derived.get(key, Range.of(0)) + premium
    keys = before.keys() | modeled.keys() | {key for key in derived if key[1] == day}
    rows = []
    for key in sorted(keys):
        places = modeled.get(key, {})
        replaced = replaced_microusd(ends for place, ends in places.items() if told.get((key[0], place)) is not None)
        exposure = derived.get(key)
        now = _NOTHING
        # An hour of a SKU without a premium tells that there was no exposure: of what was modeled nothing is left.
        if replaced[1] or (exposure is not None and exposure.high):
            ends = exposure or Range.of(0)
            now = _Day(usd_to_microusd(ends.low), usd_to_microusd(ends.high), *replaced)
        if now != before.get(key, _NOTHING):
            rows.append({"problem_id": key[0], "day": key[1], **now._asdict()})
    if rows:
        insert = inserting(connection, problem_days)
        told_now = {name: insert.excluded[name] for name in _Day._fields}
        connection.execute(insert.on_conflict_do_update(index_elements=["problem_id", "day"], set_=told_now), rows)


def replaced_microusd(parts: Iterable[tuple[Fraction, Fraction]]) -> tuple[int, int]:
    """The sum of parts of modeled exposure, each with its low and high end, in whole micro-USD. Both are rounded down, so that
    what is left of a modeled range is a range.

    >>> replaced_microusd([(Fraction(1, 2), Fraction(1, 2)), (Fraction(0), Fraction(1))])
    (0, 1)
    """
    low = high = Fraction(0)
    for part_low, part_high in parts:
        low, high = low + part_low, high + part_high
    return min(floor(low), MOST), min(floor(high), MOST)


def _before(connection: Connection, day: int, modeled: ModeledHours) -> dict[DayKey, _Day]:
    days = problem_days.c
    has_any = or_(days.derived_low_microusd.is_not(None), days.replaced_high_microusd != 0)
    asked = select(days.problem_id, days.day, *_COLUMNS)
    rows = list(connection.execute(asked.where(days.day == day, has_any)))
    for some in chunks(sorted({problem_id for problem_id, other in modeled if other != day})):
        rows += connection.execute(asked.where(days.problem_id.in_(some), days.day > day, has_any))
    # Of later days only those that signals of this day reach into: the lines of others were not read, and tell nothing here.
    return {
        (problem_id, other): _Day(*ends)
        for problem_id, other, *ends in rows
        if other == day or (problem_id, other) in modeled
    }


def _told_hours(connection: Connection, day: int, modeled: ModeledHours) -> _Told:
    """By problem, cluster and hour the premium in USD where the bill tells it, ``None`` where it does not do so yet: of the day,
    and of all hours and days that ``modeled`` reaches into.
    """
    from_ms, to_ms = day * MS_PER_DAY, (day + 1) * MS_PER_DAY
    found: _Told = {}
    _add_lines(connection, found, bill_hours.c.hour_at_ms >= from_ms, bill_hours.c.hour_at_ms < to_ms)
    outside: dict[int, list[int]] = {}
    for (problem_id, other), places in modeled.items():
        reached = [hour_at_ms for _, hour_at_ms in places if not from_ms <= hour_at_ms < to_ms]
        if other != day:
            reached += [other * MS_PER_DAY, (other + 1) * MS_PER_DAY - 1]
        if reached:
            outside.setdefault(problem_id, []).extend(reached)
    for some in chunks(sorted(outside)):
        reached = [at_ms for problem_id in some for at_ms in outside[problem_id]]
        _add_lines(
            connection,
            found,
            bill_shares.c.problem_id.in_(some),
            bill_hours.c.hour_at_ms.between(min(reached), max(reached)),
            or_(bill_hours.c.hour_at_ms < from_ms, bill_hours.c.hour_at_ms >= to_ms),
        )
    return found


def _add_lines(connection: Connection, found: _Told, *where: ColumnElement[bool]) -> None:
    rows: Iterable[Row[int, str, int, bool, int | None, str]] = connection.execute(
        select(
            bill_shares.c.problem_id,
            bill_hours.c.cluster,
            bill_hours.c.hour_at_ms,
            # Figures of problems are in dollars: a bill in another currency tells nothing of them, and modeled stands.
            or_(bill_hours.c.is_provisional, bill_hours.c.currency != _USD),
            bill_shares.c.microusd,
            bill_shares.c.inputs,
        )
        .join(bill_hours, bill_hours.c.id == bill_shares.c.bill_hour_id)
        .where(bill_hours.c.is_current.is_(True), bill_shares.c.problem_id.is_not(None), *where)
    )
    for problem_id, cluster, hour_at_ms, tells_nothing, microusd, inputs in rows:
        key = (problem_id, (cluster, hour_at_ms))
        one = None if tells_nothing or microusd is None else _premium(json.loads(inputs))
        before = found.get(key, Range.of(0))
        found[key] = None if one is None or before is None else before + one


def _premium(inputs: dict[str, str]) -> Range | None:
    """Recomputed exactly; ``None`` where nobody knows the multiplier."""
    if "formula" not in inputs:
        return Range.of(0) if inputs.get("no_exposure") == "no-premium" else None
    usd = parse_range("usd", inputs["usd"]).low
    exposure = premium_part(usd, Price(parse_range("m", inputs["m"]), "ratio", ()))
    return None if isinstance(exposure, Unpriced) else exposure

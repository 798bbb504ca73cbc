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
from clusop.service.resolver.modeled_hours import MS_PER_DAY, read_modeled_days
from clusop.service.resolver.premium import premium_part
from clusop.service.store.lock_order import hold
from clusop.service.store.tables.money import bill_hours, bill_shares
from clusop.service.store.tables.problems import problem_days, problems
from clusop.service.store.upsert import chunks, inserting
from clusop.units import MS_PER_HOUR, Range, usd_to_microusd

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy import ColumnElement, Connection, Row

    from clusop.service.resolver.modeled_hours import DayKey, ModeledHours, Place

__all__ = ["correct_exposure", "replaced_microusd", "write_exposure"]


class _Day(NamedTuple):
    """As ``problem_days`` has them, micro-USD."""

    derived_low_microusd: int | None = None
    derived_high_microusd: int | None = None
    replaced_low_microusd: int = 0
    replaced_high_microusd: int = 0


_NOTHING = _Day()
_MOST = 2**63 - 1
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
    derived = _derived(told)
    keys = before.keys() | modeled.keys() | {key for key in derived if key[1] == day}
    _write(connection, keys, modeled, told, before)


def correct_exposure(connection: Connection, changed: Mapping[DayKey, tuple[int, int]]) -> None:
    """Bring days of problems to what their lines say now that signals came to them or were taken out: the sums of a day and what
    is replaced of them change together. ``changed`` tells the first start and the last end of these signals by problem and day;
    the caller holds the problems.
    """
    told: _Told = {}
    _add_lines_within(connection, told, changed)
    hours: dict[int, set[int]] = {}
    for (problem_id, (_, hour_at_ms)), premium in told.items():
        if premium is not None:
            hours.setdefault(problem_id, set()).add(hour_at_ms)
    # Where the bill tells no hour of theirs, nothing was replaced, and nothing is.
    touched = {
        key: span
        for key, span in changed.items()
        if any(span[0] - MS_PER_HOUR < hour_at_ms <= span[1] for hour_at_ms in hours.get(key[0], ()))
    }
    if not touched:
        return
    modeled = read_modeled_days(connection, touched)
    reached = {
        key: (
            min([key[1] * MS_PER_DAY, *[hour_at_ms for _, hour_at_ms in modeled.get(key, ())]]),
            (key[1] + 1) * MS_PER_DAY - 1,
        )
        for key in touched
    }
    told = {}
    _add_lines_within(connection, told, reached)
    before: dict[DayKey, _Day] = {}
    is_day = problem_days.c.day.between(min(day for _, day in touched), max(day for _, day in touched))
    for some in chunks(sorted({problem_id for problem_id, _ in touched})):
        asked = select(problem_days.c.problem_id, problem_days.c.day, *_COLUMNS)
        for problem_id, day, *ends in connection.execute(asked.where(problem_days.c.problem_id.in_(some), is_day)):
            before[problem_id, day] = _Day(*ends)
    _write(connection, touched, modeled, told, before)


def _derived(told: _Told) -> dict[DayKey, Range]:
    derived: dict[DayKey, Range] = {}
    for (problem_id, (_, hour_at_ms)), premium in told.items():
        if premium is not None:
            key = (problem_id, hour_at_ms // MS_PER_DAY)
            derived[key] = derived.get(key, Range.of(0)) + premium
    return derived


def _write(
    connection: Connection,
    keys: Iterable[DayKey],
    modeled: ModeledHours,
    told: _Told,
    before: Mapping[DayKey, _Day],
) -> None:
    derived = _derived(told)
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
        # Whoever holds a problem changes its days: a batch goes from one problem's day to another's, in no order of theirs.
        hold(connection, problems, {row["problem_id"] for row in rows})
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
    return min(floor(low), _MOST), min(floor(high), _MOST)


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


def _add_lines_within(connection: Connection, found: _Told, spans: Mapping[DayKey, tuple[int, int]]) -> None:
    """Lines of the problems in the hours from the first to the last of the spans."""
    for some in chunks(sorted(spans)):
        first_ms, last_ms = min(spans[key][0] for key in some), max(spans[key][1] for key in some)
        _add_lines(
            connection,
            found,
            bill_shares.c.problem_id.in_({problem_id for problem_id, _ in some}),
            bill_hours.c.hour_at_ms.between(first_ms // MS_PER_HOUR * MS_PER_HOUR, last_ms),
        )


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

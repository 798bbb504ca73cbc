"""The customer's bill of a window: what its dollars rest on, how they were shared out, and which hours of it have no price."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from sqlalchemy import case, func, select

from clusop.service.resolver.left_bill import LEFT
from clusop.service.store.tables.money import bill_hours, bill_shares, reconciliations
from clusop.service.views.visible import ALL_WORKSPACES, within
from clusop.units import exact_sum

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection

    from clusop.service.views.days import Window

__all__ = ["Bill", "BillGap", "BillLine", "BillShare", "bill_lines", "bill_of", "bill_read_at_ms"]

_MODELED = "modeled"


@dataclass(frozen=True, slots=True)
class BillLine:
    """The customer's bill of the window by what its dollars rest on: ``basis`` is ``""`` for hours without a price."""

    basis: str
    currency: str
    microusd: int
    hours: int
    provisional_hours: int
    unpriced_hours: int


@dataclass(frozen=True, slots=True)
class BillShare:
    """One class of the bill: attributed, attributed-other, non-sql-and-failed, unobserved, unused. Of hours with a price: those
    without have no dollars, which is not $0.
    """

    kind: str
    currency: str
    microusd: int


@dataclass(frozen=True, slots=True)
class BillGap:
    """Hours of one SKU that found no price. ``quantity`` is what was billed of it, in its ``unit``; ``reason`` is an id of the
    catalogue.
    """

    sku: str
    cloud: str
    unit: str
    currency: str
    reason: str
    hours: int
    quantity: Fraction


@dataclass(frozen=True, slots=True)
class Bill:
    """All of it. ``read_at_ms`` is when a reading last succeeded, ``None`` where none did."""

    lines: tuple[BillLine, ...]
    shares: tuple[BillShare, ...]
    gaps: tuple[BillGap, ...]
    read_at_ms: int | None


def bill_of(connection: Connection, window: Window, workspace: str = ALL_WORKSPACES) -> Bill:
    """The bill of ``window``. Reads every hour in it: to be kept (:mod:`.kept`)."""
    return Bill(
        lines=bill_lines(connection, window, workspace),
        shares=_shares(connection, window, workspace),
        gaps=_gaps(connection, window, workspace),
        read_at_ms=bill_read_at_ms(connection),
    )


def bill_read_at_ms(connection: Connection) -> int | None:
    """When a reading last succeeded that was allowed to read a bill with prices; ``None`` where none did."""
    column = reconciliations.c
    asked = (
        select(column.started_at_ms)
        .where(column.outcome == "done", column.tier != _MODELED)
        .order_by(column.started_at_ms.desc())
        .limit(1)
    )
    return connection.execute(asked).scalar()


def bill_lines(connection: Connection, window: Window, workspace: str = ALL_WORKSPACES) -> tuple[BillLine, ...]:
    """What the dollars of the window rest on."""
    hours = bill_hours.c
    asked = (
        select(
            hours.basis,
            hours.currency,
            func.coalesce(func.sum(hours.microusd), 0),
            func.count(),
            func.sum(case((hours.is_provisional, 1), else_=0)),
            func.sum(case((hours.microusd.is_(None), 1), else_=0)),
        )
        .where(*_current(window, workspace))
        .group_by(hours.basis, hours.currency)
        .order_by(hours.basis, hours.currency)
    )
    return tuple(BillLine(row[0], row[1], *(int(value or 0) for value in row[2:])) for row in connection.execute(asked))


def _shares(connection: Connection, window: Window, workspace: str) -> tuple[BillShare, ...]:
    asked = (
        select(bill_shares.c.kind, bill_hours.c.currency, func.sum(bill_shares.c.microusd))
        .join_from(bill_shares, bill_hours)
        .where(bill_hours.c.microusd.is_not(None), *_current(window, workspace))
        .group_by(bill_shares.c.kind, bill_hours.c.currency)
    )
    lines = [BillShare(str(kind), str(currency), int(many or 0)) for kind, currency, many in connection.execute(asked)]
    return tuple(sorted(lines, key=lambda line: (line.currency, -line.microusd)))


def _gaps(connection: Connection, window: Window, workspace: str) -> tuple[BillGap, ...]:
    """Those of the most hours first."""
    hours = bill_hours.c
    columns = (hours.sku, hours.cloud, hours.unit, hours.currency, hours.unpriced_reason)
    # Quantities are exact ratios in text, which no database adds up.
    asked = (
        select(*columns, hours.dbu, func.count())
        .where(hours.microusd.is_(None), *_current(window, workspace))
        .group_by(*columns, hours.dbu)
    )
    parts: dict[tuple[str, str, str, str, str], list[tuple[int, Fraction]]] = defaultdict(list)
    for sku, cloud, unit, currency, reason, dbu, many in connection.execute(asked):
        parts[sku, cloud, unit, currency, reason].append((int(many), int(many) * Fraction(dbu)))
    gaps = (
        BillGap(*group, sum(many for many, _ in listed), exact_sum(quantity for _, quantity in listed))
        for group, listed in parts.items()
    )
    return tuple(sorted(gaps, key=lambda gap: (-gap.hours, gap.sku, gap.cloud, gap.unit, gap.reason)))


def _current(window: Window, workspace: str) -> tuple[ColumnElement[bool], ...]:
    hours = bill_hours.c
    # What is on the bill no more is no hour without a price; the reading that found it gone tells of it.
    is_there = hours.unpriced_reason != LEFT
    return hours.is_current, is_there, hours.hour_at_ms >= window.from_at_ms, *within(hours.workspace, workspace)

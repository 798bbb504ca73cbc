"""What the bill told of one problem, hour by hour: of its share of the dollars the part that is premium, as a figure."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from clusop.service.store.tables.money import bill_hours, bill_shares
from clusop.service.suppression.per_30_days import DerivedFigure
from clusop.service.views.problem_line import mapping_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

__all__ = ["BilledLine", "billed_lines"]

_LINES = 200
_NUMBERS = ("usd", "m")


@dataclass(frozen=True, slots=True)
class BilledLine:
    """One share. ``figure`` is its premium on the wire, with the dollars that are stored and what they are recomputed from."""

    hour_at_ms: int
    cluster: str
    sku: str
    currency: str
    figure: Mapping[str, Any]  # Any: JSON


def billed_lines(connection: Connection, problem_id: int) -> tuple[BilledLine, ...]:
    """The newest 200 shares with an exposure, newest first, of hours as they stand now."""
    hours, shares = bill_hours.c, bill_shares.c
    rows = connection.execute(
        select(
            hours.hour_at_ms,
            hours.cluster,
            hours.sku,
            hours.currency,
            hours.price_ids,
            shares.derived_low_microusd,
            shares.derived_high_microusd,
            shares.inputs,
        )
        .join_from(bill_shares, bill_hours)
        .where(shares.problem_id == problem_id, hours.is_current, shares.derived_low_microusd.is_not(None))
        .order_by(hours.hour_at_ms.desc(), shares.id.desc())
        .limit(_LINES)
    ).all()
    return tuple(
        BilledLine(row.hour_at_ms, row.cluster, row.sku, row.currency, figure)
        for row in rows
        if (figure := _figure(row)) is not None
    )


def _figure(row: Any) -> dict[str, Any] | None:  # Any: SQLAlchemy's row, and JSON
    told = mapping_of(row.inputs)
    if "formula" not in told:
        return None
    # The dollars of a share rest on the price of a DBU, its premium on the multiplier.
    ids = (*str(told.get("price_ids", "")).split(), *json.loads(row.price_ids))
    return {
        "low_microusd": row.derived_low_microusd,
        "high_microusd": row.derived_high_microusd,
        "basis": DerivedFigure.basis,
        "formula": str(told["formula"]),
        "inputs": {name: str(told[name]) for name in _NUMBERS if name in told},
        "price_ids": list(dict.fromkeys(ids)),
    }

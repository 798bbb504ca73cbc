"""Reading what agents of a compute definition saw, and what the bill says of their clusters."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING

from sqlalchemy import exists, select

from clusop.plan.dialect import PLAIN_SPARK
from clusop.service.decisions.agent_use import AgentUse, HourUse, shape_in
from clusop.service.store.tables.agents import agents, usage_hours
from clusop.service.store.tables.money import bill_hours
from clusop.units import MS_PER_HOUR

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy import Connection, RowMapping

    from clusop.analysis.records.signal import SignalShape
    from clusop.service.decisions.observation import Span

__all__ = ["Compute", "bill_ratio", "computes_in", "use_of"]

_HISTORY_MS = 90 * 24 * MS_PER_HOUR
"""Runs with and without the engine are compared over more time than a window: it is not switched every week."""
_AGENT = ("id", "engine", "shape", "is_final", "started_at_ms", "armed_since_at_ms", "last_arrived_at_ms")
_HOUR = ("hour_at_ms", "slots_by_node_type", "busy_ms", "native_ms", "non_sql_ms", "failed_ms", "lost_ms")


@dataclass(frozen=True, slots=True)
class Compute:
    """A compute definition: what outlives one cluster."""

    workspace: str
    name: str


def computes_in(connection: Connection, span: Span) -> tuple[Compute, ...]:
    """Those of whose agents something arrived in the window or later."""
    rows = connection.execute(
        select(agents.c.workspace, agents.c.compute)
        .where(agents.c.compute != "", agents.c.last_arrived_at_ms >= span.from_at_ms)
        .distinct()
        .order_by(agents.c.workspace, agents.c.compute)
    )
    return tuple(Compute(workspace, name) for workspace, name in rows)


def use_of(connection: Connection, compute: Compute, span: Span) -> tuple[AgentUse, ...]:
    """The agents of ``compute`` that saw hours; of 90 days where some ran without the engine, else of the window."""
    of_compute = (agents.c.workspace == compute.workspace, agents.c.compute == compute.name)
    engines = set(connection.execute(select(agents.c.engine).where(*of_compute).distinct()).scalars())
    is_compared = PLAIN_SPARK in engines and engines - {PLAIN_SPARK, ""}
    since = min(span.from_at_ms, span.to_at_ms - _HISTORY_MS) if is_compared else span.from_at_ms
    rows = connection.execute(
        select(*(agents.c[name] for name in _AGENT), *(usage_hours.c[name] for name in _HOUR))
        .join(usage_hours, usage_hours.c.agent_id == agents.c.id)
        .where(*of_compute, usage_hours.c.hour_at_ms >= since, usage_hours.c.hour_at_ms < span.to_at_ms)
        .order_by(agents.c.id, usage_hours.c.hour_at_ms)
    ).mappings()
    return tuple(_agents(rows))


def bill_ratio(connection: Connection, compute: Compute, span: Span) -> Fraction | None:
    """The part of the DBUs billed to the clusters of ``compute`` in hours of which some agent told; ``None`` without a bill."""
    clusters = select(agents.c.cluster).where(
        agents.c.workspace == compute.workspace, agents.c.compute == compute.name, agents.c.cluster != ""
    )
    is_seen = exists().where(
        usage_hours.c.cluster == bill_hours.c.cluster, usage_hours.c.hour_at_ms == bill_hours.c.hour_at_ms
    )
    rows = connection.execute(
        select(bill_hours.c.dbu, is_seen).where(
            bill_hours.c.is_current,
            bill_hours.c.workspace == compute.workspace,
            bill_hours.c.hour_at_ms >= span.from_at_ms,
            bill_hours.c.hour_at_ms < span.to_at_ms,
            bill_hours.c.cluster.in_(clusters),
        )
    )
    billed = seen = Fraction(0)
    for told, was_seen in rows:
        dbu = _exact(told)
        billed += dbu
        seen += dbu if was_seen else 0
    # Corrections can leave less than nothing of an hour.
    return min(Fraction(1), max(Fraction(0), seen / billed)) if billed > 0 else None


def _agents(rows: Iterable[RowMapping]) -> Iterator[AgentUse]:
    for _, group in groupby(rows, key=lambda row: row["id"]):
        first, *rest = group
        yield AgentUse(
            agent_id=first["id"],
            engine=first["engine"],
            shape=_shape(first["shape"]),
            is_final=first["is_final"],
            started_at_ms=first["started_at_ms"],
            armed_since_at_ms=first["armed_since_at_ms"],
            last_arrived_at_ms=first["last_arrived_at_ms"],
            hours=tuple(_hour(row) for row in (first, *rest)),
        )


def _hour(row: RowMapping) -> HourUse:
    slots = json.loads(row["slots_by_node_type"])
    return HourUse(
        slots_by_node_type={str(node): ms for node, ms in slots.items()} if isinstance(slots, dict) else {},
        **{name: row[name] for name in _HOUR if name != "slots_by_node_type"},
    )


@lru_cache(maxsize=256)
def _shape(text: str) -> SignalShape | None:
    """Most agents of a compute definition tell the same."""
    return shape_in(json.loads(text))


def _exact(text: str) -> Fraction:
    try:
        return Fraction(Decimal(text))
    except (InvalidOperation, ValueError, OverflowError):
        return Fraction(0)

"""The customer's own DBU rates, learned from hours in which a cluster of one node type was there as a whole, and seen."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from clusop.analysis.economics.exact_text import number_text
from clusop.service.store.tables.money import learned_rates
from clusop.units import MS_PER_HOUR, Range

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from clusop.service.resolver.bill import BillHour
    from clusop.service.resolver.observed import AgentHour
    from clusop.service.resolver.uptime import Uptime

__all__ = ["Lessons", "read_learned", "write_learned"]


@dataclass(slots=True)
class Lessons:
    """What one run of the resolver learns, by node type (small letters), SKU and engine: the rates and the node-hours.

    ``is_whole``: it shared out every day of the window; days that stand as they were teach nothing anew.
    """

    is_whole: bool = True
    rates: dict[tuple[str, str, bool], tuple[Range, int]] = field(default_factory=dict)

    def hear(self, bill: Sequence[BillHour], agents: Sequence[AgentHour], up: Uptime) -> None:
        """One settled hour of one cluster. It teaches where one SKU was billed and nothing of the hour is in doubt."""
        if len(bill) != 1 or len(agents) != 1 or up.up_ms != MS_PER_HOUR or up.seen_ratio != 1:
            return
        shape, (hour,) = agents[0].shape, bill
        if shape is None or not shape.worker_node_type or hour.quantity <= 0:
            return
        driver = shape.driver_node_type or shape.worker_node_type
        workers = (0, 0) if shape.is_single_node else shape.workers
        if driver != shape.worker_node_type or workers is None or workers[0] != workers[1]:
            return
        slots = shape.slots
        if slots is None or slots[0] != slots[1] or agents[0].slot_ms != slots[1] * MS_PER_HOUR:
            return
        nodes = workers[1] + 1
        rate = hour.quantity / nodes
        key = (driver.lower(), hour.key.sku, hour.key.is_photon)
        known, node_hours = self.rates.get(key, (Range(rate, rate), 0))
        self.rates[key] = (Range(min(known.low, rate), max(known.high, rate)), node_hours + nodes)


def read_learned(connection: Connection) -> dict[tuple[str, str, bool], Range]:
    """What the last run learned."""
    return {
        (row.node_type, row.sku, row.is_photon): Range(Fraction(row.low_dbu), Fraction(row.high_dbu))
        for row in connection.execute(select(learned_rates))
    }


def write_learned(connection: Connection, lessons: Lessons, now_ms: int) -> None:
    """Put a whole run's lessons in place of those before it. Another run's widen them; one without lessons changes nothing."""
    if not lessons.rates:
        return
    before = {
        (row.node_type, row.sku, row.is_photon): (
            Range(Fraction(row.low_dbu), Fraction(row.high_dbu)),
            row.node_hours_milli,
        )
        for row in connection.execute(select(learned_rates))
    }
    rates = {key: (rate, node_hours * 1000) for key, (rate, node_hours) in lessons.rates.items()}
    if not lessons.is_whole:
        rates = before | {key: _widened(told, before.get(key, told)) for key, told in rates.items()}
    if rates == before:
        return
    connection.execute(delete(learned_rates))
    connection.execute(
        learned_rates.insert(),
        [
            {
                "node_type": node_type,
                "sku": sku,
                "is_photon": is_photon,
                "low_dbu": number_text(rate.low),
                "high_dbu": number_text(rate.high),
                "node_hours_milli": node_hours_milli,
                "learned_at_ms": now_ms,
            }
            for (node_type, sku, is_photon), (rate, node_hours_milli) in sorted(rates.items())
        ],
    )


def _widened(told: tuple[Range, int], before: tuple[Range, int]) -> tuple[Range, int]:
    low, high = min(told[0].low, before[0].low), max(told[0].high, before[0].high)
    return Range(low, high), max(told[1], before[1])

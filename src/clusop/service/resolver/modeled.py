"""How many DBUs clusop would have expected of what was seen of an hour: what a bill that is still coming in is held against."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from clusop.pricing.price import Price
from clusop.service.resolver.sku import premium_of
from clusop.units import Range, ms_to_hours

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from clusop.analysis.records.signal import SignalShape
    from clusop.pricing.provider import PriceBook
    from clusop.service.resolver.bill import BillKey
    from clusop.service.resolver.observed import AgentHour

__all__ = ["DbuRates", "modeled_dbu"]


@dataclass(frozen=True, slots=True)
class DbuRates:
    """DBUs per node and hour as billed: learned from the customer's bill, else of the price table with its multiplier.

    ``learned`` is by node type (small letters), SKU and engine.
    """

    book: PriceBook
    learned: Mapping[tuple[str, str, bool], Range]

    def billed(self, node_type: str, key: BillKey) -> Range | None:
        """``None`` where neither knows the node type or the SKU's multiplier."""
        own = self.learned.get((node_type.lower(), key.sku, key.is_photon))
        if own is not None:
            # The most seen: a bill that is still coming in is low, and must not become what it is held against.
            return Range(own.high, own.high)
        rate = self.book.node_dbu(key.cloud, node_type)
        premium = premium_of(self.book, key.cloud, key.sku, is_photon=key.is_photon)
        if not isinstance(rate, Price):
            return None
        if isinstance(premium, Price):
            return rate.value * premium.value
        return rate.value if premium.reason.id == "no-premium" else None


def modeled_dbu(agents: Sequence[AgentHour], seen_ms: Fraction, key: BillKey, rates: DbuRates) -> Range | None:
    """DBUs of the seen part of an hour; ``None`` where a shape or a rate is not known. The driver is counted once."""
    total = Range.of(0)
    driver: Range | None = None
    for agent in agents:
        shape = agent.shape
        if shape is None:
            return None
        driver = rates.billed(shape.driver_node_type or shape.worker_node_type, key)
        worker = rates.billed(shape.worker_node_type or shape.driver_node_type, key)
        worker_ms = _worker_ms(agent, shape)
        if driver is None or worker is None or worker_ms is None:
            return None
        total += worker * ms_to_hours(worker_ms)
    return None if driver is None else total + driver * ms_to_hours(seen_ms)


def _worker_ms(agent: AgentHour, shape: SignalShape) -> Fraction | None:
    """Workers × ms. All slots of a single node are the driver's; elsewhere each worker must have as many slots as another."""
    if shape.is_single_node:
        return Fraction(0)
    workers, slots = shape.workers, shape.slots
    if (
        workers is None
        or slots is None
        or not workers[1]
        or not slots[1]
        or workers[0] * slots[1] != workers[1] * slots[0]
    ):
        return None
    return Fraction(agent.slot_ms * workers[1], slots[1])

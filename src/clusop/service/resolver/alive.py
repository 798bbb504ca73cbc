"""How much of what an hour of a cluster cost, as far as somebody saw it, fell to the time in which slots were alive.

A UsageHour holds slot time, and not when the slots were there: an hour with a minute of slots looks like a full one but for the
sum. Cost follows nodes (DESIGN §6: integrals over the node timeline, never wall time), so ::

    alive = (d·A + w·W) ÷ (d·S + w·max(W, n·S))

S is the time seen. A of it had slots: slot time ÷ the fewest slots that were alive while queries ran, at most S; where that is
none, ÷ the most, the shortest time that fits. W is the time of workers: slot time ÷ slots of one worker. n is the fewest
workers, which are billed whether their executors are there or not. d and w are DBUs per hour of a driver and of a worker.

What is not known is taken as follows. Node types without a rate cost the same. Where workers and slots do not tell how many
slots a worker has, all nodes are taken to be there all the time: A ÷ S. Where no slots are told, one slot is: the fewest that
slot time can come from. On a single node the driver is all there is: A ÷ S.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from clusop.pricing.price import Price

if TYPE_CHECKING:
    from collections.abc import Sequence

    from clusop.analysis.records.signal import SignalShape
    from clusop.pricing.provider import PriceBook
    from clusop.service.resolver.observed import AgentHour

__all__ = ["alive_ratio"]

_NOTHING, _WHOLE = Fraction(0), Fraction(1)


@dataclass(frozen=True, slots=True)
class _Nodes:
    """Of one agent's hour: the driver's rate, and rate × worker-ms of workers with slots and of the fewest workers at a time."""

    driver: Fraction
    workers_ms: Fraction
    fewest: Fraction


def alive_ratio(agents: Sequence[AgentHour], seen_ms: Fraction, cloud: str, book: PriceBook) -> Fraction:
    """0..1, by the formula above; the rest was up, billed and without slots. 1 where nothing was seen."""
    if seen_ms <= 0 or not agents:
        return _WHOLE
    alive_ms = min(seen_ms, sum((_alive_ms(one) for one in agents), _NOTHING))
    nodes = [_nodes(one, cloud, book) for one in agents]
    known = [one for one in nodes if one is not None]
    if len(known) < len(nodes):
        return alive_ms / seen_ms
    # Agents of one cluster follow each other: it has one driver, and no fewer workers than the fewest that any of them saw.
    driver = max(one.driver for one in known)
    workers_ms = sum((one.workers_ms for one in known), _NOTHING)
    up = driver * seen_ms + max(workers_ms, min(one.fewest for one in known) * seen_ms)
    return (driver * alive_ms + workers_ms) / up


def _slot_ms(agent: AgentHour) -> int:
    """Work proves slots, told or not."""
    return max(agent.slot_ms, agent.busy_ms)


def _alive_ms(agent: AgentHour) -> Fraction:
    shape = agent.shape
    fewest, most = (0, 0) if shape is None or shape.slots is None else shape.slots
    return Fraction(_slot_ms(agent), fewest or most or 1)


def _nodes(agent: AgentHour, cloud: str, book: PriceBook) -> _Nodes | None:
    """``None`` where nobody can tell how many workers the slots were."""
    shape = agent.shape
    if shape is None:
        return None
    driver, worker = _rates(shape, cloud, book)
    if shape.is_single_node:
        return _Nodes(driver, _NOTHING, _NOTHING)
    workers, slots = shape.workers, shape.slots
    if workers is None or slots is None or not workers[1] or not slots[1]:
        return None
    if workers[0] * slots[1] != workers[1] * slots[0]:
        return None
    return _Nodes(driver, worker * Fraction(_slot_ms(agent) * workers[1], slots[1]), worker * workers[0])


def _rates(shape: SignalShape, cloud: str, book: PriceBook) -> tuple[Fraction, Fraction]:
    """Of the price table alone: rates that are learned move from run to run, and what is settled should not move with them."""
    driver = book.node_dbu(cloud, shape.driver_node_type or shape.worker_node_type)
    worker = book.node_dbu(cloud, shape.worker_node_type or shape.driver_node_type)
    if not isinstance(driver, Price) or not isinstance(worker, Price) or not driver.value.high or not worker.value.high:
        return _WHOLE, _WHOLE
    return driver.value.high, worker.value.high

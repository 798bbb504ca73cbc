"""From slot time to node-hours: how long the driver and how many workers were there, and which part of it was busy.

An agent tells slot time by hour, and how few and how many workers and slots it saw. With as many workers all along, hours are
slot time ÷ slots, exactly. Where their number changed, worker hours are still exact (slot time ÷ slots of a worker); how long
the driver was there is known of all hours but the first and the last, and is counted there at the least that fits.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from clusop.analysis.economics import NodeHours, nodes_alive
from clusop.service.decisions.agent_use import cluster_of_shape
from clusop.units import MS_PER_HOUR

if TYPE_CHECKING:
    from clusop.analysis.cluster import Cluster
    from clusop.analysis.records.signal import SignalShape
    from clusop.service.decisions.agent_use import AgentUse, HourUse

__all__ = ["NO_HOURS", "NodeTime", "node_time", "whole_grains"]

NO_HOURS = NodeHours(Fraction(0), Fraction(0), Fraction(0))
_GRAIN = 10**12


@dataclass(frozen=True, slots=True)
class NodeTime:
    """Node-hours of one agent. ``unseen_hours`` are cluster-hours that it tells of and that cannot be weighed: slots of a node
    type that is not its shape's, or tasks where no slots were. ``is_estimated``: the number of workers changed.
    """

    total: NodeHours
    busy: NodeHours
    unseen_hours: Fraction
    is_estimated: bool


@dataclass(frozen=True, slots=True)
class _Make:
    """A shape in the numbers that hours are computed with. ``workers`` is the most; a single node has none."""

    cluster: Cluster
    workers: int
    slots: tuple[int, int]
    is_steady: bool
    node_types: frozenset[str]


def node_time(agent: AgentUse) -> NodeTime | None:
    """The node-hours of an agent's hours; ``None`` where its shape tells no slots."""
    make = _make(agent.shape)
    if make is None:
        return None
    total = busy = NO_HOURS
    steady_ms = steady_busy_ms = unseen_ms = 0
    most_ms = make.slots[1] * MS_PER_HOUR
    last = len(agent.hours) - 1
    for place, hour in enumerate(agent.hours):
        slot_ms = sum(ms for node, ms in hour.slots_by_node_type.items() if node in make.node_types)
        # Of what is not the shape's, and of tasks without slots, only the time is known.
        unseen_ms += hour.slot_ms - slot_ms if hour.slot_ms else hour.busy_ms
        # A stage's time is spread evenly over its life; a part may fall where fewer slots were.
        busy_ms = min(hour.busy_ms, slot_ms)
        if make.is_steady and slot_ms <= most_ms:
            steady_ms += slot_ms
            steady_busy_ms += busy_ms
        elif slot_ms:
            nodes = _nodes(make, slot_ms, _alive_ms(make, slot_ms, agent, place, last))
            total += nodes
            busy += nodes * Fraction(busy_ms, slot_ms)
    if steady_ms:
        steady = nodes_alive(make.cluster, make.workers)
        total += steady * Fraction(steady_ms, most_ms)
        busy += steady * Fraction(steady_busy_ms, most_ms)
    unseen = Fraction(unseen_ms, most_ms)
    if not make.is_steady:
        total, busy = whole_grains(total), whole_grains(busy)
    return NodeTime(total, busy, unseen, is_estimated=not make.is_steady)


def _make(shape: SignalShape | None) -> _Make | None:
    if shape is None or shape.slots is None or not shape.slots[1]:
        return None
    workers = (0, 0) if shape.is_single_node or shape.workers is None else shape.workers
    has_workers = workers[1] > 0
    return _Make(
        cluster=cluster_of_shape(shape),
        workers=workers[1],
        slots=shape.slots,
        is_steady=not has_workers or (workers[0] == workers[1] and shape.slots[0] == shape.slots[1]),
        node_types=frozenset({"", shape.worker_node_type, shape.driver_node_type or shape.worker_node_type}),
    )


def _alive_ms(make: _Make, slot_ms: int, agent: AgentUse, place: int, last: int) -> Fraction:
    """How long the cluster was there in the hour at ``place``; more slots than it told do not make an hour longer."""
    shortest = min(Fraction(MS_PER_HOUR), Fraction(slot_ms, make.slots[1]))
    if make.is_steady:
        return shortest
    if 0 < place < last:
        return Fraction(MS_PER_HOUR)
    hour: HourUse = agent.hours[place]
    if place < last and agent.started_at_ms is not None:
        since_start = hour.hour_at_ms + MS_PER_HOUR - max(hour.hour_at_ms, agent.started_at_ms)
        return max(shortest, Fraction(min(MS_PER_HOUR, max(0, since_start))))
    return shortest


def _nodes(make: _Make, slot_ms: int, alive_ms: Fraction) -> NodeHours:
    hours = alive_ms / MS_PER_HOUR
    if not make.workers:
        return nodes_alive(make.cluster, 0) * hours
    # On average so many workers: between two whole numbers, each with its own split into on demand and spot.
    average = Fraction(slot_ms * make.workers, make.slots[1]) / alive_ms
    fewer = int(average)
    share = average - fewer
    return nodes_alive(make.cluster, fewer) * (hours * (1 - share)) + nodes_alive(make.cluster, fewer + 1) * (
        hours * share
    )


def whole_grains(hours: NodeHours) -> NodeHours:
    """Cut to whole 10⁻¹² hours: sums over thousands of agents stay short numbers."""
    parts = (hours.driver, hours.on_demand_workers, hours.spot_workers)
    return NodeHours(*(Fraction(part * _GRAIN // 1, _GRAIN) for part in parts))

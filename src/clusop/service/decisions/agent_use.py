"""What is known of one agent of a compute definition: its cluster's shape, and its hours in the window."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from clusop.analysis.cluster import Cluster, Uptime
from clusop.analysis.records.shape import ShapeError
from clusop.analysis.records.signal import SHAPE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from clusop.analysis.records.signal import SignalShape

__all__ = ["AgentUse", "HourUse", "cluster_of_shape", "shape_in"]


@dataclass(frozen=True, slots=True)
class HourUse:
    """A row of ``usage_hours``: slot-ms of one UTC hour."""

    hour_at_ms: int
    slots_by_node_type: Mapping[str, int]
    busy_ms: int
    native_ms: int | None
    non_sql_ms: int
    failed_ms: int
    lost_ms: int

    @property
    def slot_ms(self) -> int:
        """Slot time that was there."""
        return sum(self.slots_by_node_type.values())

    @property
    def good_ms(self) -> int:
        """Slot time of tasks that ended well, in executions that did: what an engine is judged by."""
        return max(0, self.busy_ms - self.lost_ms - self.failed_ms)


@dataclass(frozen=True, slots=True)
class AgentUse:
    """One agent. ``shape`` is ``None`` where its states told none; ``hours`` are in order."""

    agent_id: int
    engine: str
    shape: SignalShape | None
    is_final: bool
    started_at_ms: int | None
    armed_since_at_ms: int | None
    last_arrived_at_ms: int
    hours: tuple[HourUse, ...]


def shape_in(document: object) -> SignalShape | None:
    """The shape in the decoded column ``agents.shape``; ``None`` where there is none that can be read."""
    try:
        return SHAPE.read(document, "shape")
    except ShapeError:
        return None


@lru_cache(maxsize=256)
def cluster_of_shape(shape: SignalShape) -> Cluster:
    """The cluster that prices are asked for. Only Databricks clusters have a compute definition."""
    return Cluster(
        cloud=shape.cloud,
        product=shape.product,
        tier=shape.tier,
        driver_node_type=shape.driver_node_type,
        worker_node_type=shape.worker_node_type,
        is_single_node=shape.is_single_node,
        availability=shape.availability,
        first_on_demand=shape.first_on_demand,
        uptime=Uptime(shape.uptime),
        is_serverless=shape.is_serverless,
        is_databricks=True,
    )

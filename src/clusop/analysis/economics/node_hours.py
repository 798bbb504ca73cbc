"""Node-hours: an integral over the cluster's timeline, by the classes of node that have different prices."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

__all__ = ["NO_NODE_HOURS", "NodeHours"]


@dataclass(frozen=True, slots=True)
class NodeHours:
    """Hours of the driver, of workers on demand and of workers that may run on spot.

    One driver is alive at any time, so :attr:`driver` is also the cluster-hours ``h`` of DESIGN §6. All dollars are linear
    in these three numbers: what adds up here adds up in every currency of the bill.
    """

    driver: Fraction
    on_demand_workers: Fraction
    spot_workers: Fraction

    @property
    def cluster_hours(self) -> Fraction:
        """Hours of the whole cluster."""
        return self.driver

    @property
    def workers(self) -> Fraction:
        """Hours of all workers; DBUs do not care how the VM was bought."""
        return self.on_demand_workers + self.spot_workers

    def __add__(self, other: NodeHours) -> NodeHours:
        if self is NO_NODE_HOURS:  # where every sum begins, and fractions are slow to add
            return other
        return NodeHours(
            self.driver + other.driver,
            self.on_demand_workers + other.on_demand_workers,
            self.spot_workers + other.spot_workers,
        )

    def __sub__(self, other: NodeHours) -> NodeHours:
        return NodeHours(
            self.driver - other.driver,
            self.on_demand_workers - other.on_demand_workers,
            self.spot_workers - other.spot_workers,
        )

    def __mul__(self, factor: Fraction) -> NodeHours:
        return NodeHours(self.driver * factor, self.on_demand_workers * factor, self.spot_workers * factor)


NO_NODE_HOURS = NodeHours(Fraction(0), Fraction(0), Fraction(0))

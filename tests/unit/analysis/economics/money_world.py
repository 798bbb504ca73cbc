"""A small world with plain prices for the tests of the money: a price list, clusters and stages built by hand."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from clusop.analysis.cluster import Cluster, Epoch, Uptime
from clusop.analysis.observed import StageRun
from clusop.pricing.price import Price, Unpriced
from clusop.reasons import Reason
from clusop.units import MS_PER_HOUR, Range

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

HOUR = MS_PER_HOUR


@dataclass
class PlainPrices:
    """A price list of plain numbers. What is not in it is unpriced."""

    node_dbu_per_hour: dict[str, Range] = field(default_factory=lambda: {"i3.xlarge": Range.of(1)})
    usd_per_dbu: dict[tuple[str, str], Range] = field(
        default_factory=lambda: {
            ("PREMIUM", "JOBS_COMPUTE"): Range.of("0.15"),
            ("", "JOBS_COMPUTE"): Range.of("0.15", "0.20"),
            ("PREMIUM", "ALL_PURPOSE_COMPUTE"): Range.of("0.55"),
            ("", "ALL_PURPOSE_COMPUTE"): Range.of("0.55", "0.65"),
        }
    )
    vm_usd_per_hour: dict[tuple[str, str], Range] = field(
        default_factory=lambda: {
            ("i3.xlarge", "ON_DEMAND"): Range.of("0.312"),
            ("i3.xlarge", "SPOT"): Range.of("0.10"),
        }
    )
    multipliers: dict[str, Range] = field(
        default_factory=lambda: {"JOBS_COMPUTE": Range.of("2.9"), "ALL_PURPOSE_COMPUTE": Range.of(2)}
    )

    def node_dbu(self, cloud: str, node_type: str) -> Price | Unpriced:
        found = self.node_dbu_per_hour.get(node_type)
        if found is None:
            return Unpriced(Reason("unknown-node-type", node_type))
        return Price(found, "dbu/hour", (f"dbu-{cloud}-{node_type}",))

    def dbu_usd(self, cloud: str, tier: str, product: str) -> Price | Unpriced:
        found = self.usd_per_dbu.get((tier, product))
        if found is None:
            return Unpriced(Reason("unknown-dbu-price", f"{tier} {product}"))
        return Price(found, "usd/dbu", (f"usd-{cloud}-{tier}-{product}",))

    def vm_usd(self, cloud: str, node_type: str, availability: str) -> Price | Unpriced:
        found = self.vm_usd_per_hour.get((node_type, availability))
        if found is None:
            return Unpriced(Reason("unknown-vm-price", node_type))
        return Price(found, "usd/hour", (f"vm-{cloud}-{node_type}-{availability}",))

    def premium_multiplier(self, engine: str, cloud: str, product: str) -> Price | Unpriced:
        if engine != "photon":
            return Unpriced(Reason("no-premium"))
        found = self.multipliers.get(product)
        if found is None:
            return Unpriced(Reason("unknown-multiplier", product))
        return Price(found, "ratio", (f"m-{cloud}-{product}",))


SINGLE = Cluster(
    cloud="AWS",
    product="JOBS_COMPUTE",
    tier="PREMIUM",
    driver_node_type="i3.xlarge",
    worker_node_type="i3.xlarge",
    is_single_node=True,
    availability="ON_DEMAND",
    uptime=Uptime.ELASTIC,
    is_databricks=True,
    epochs=(Epoch(0, HOUR, 4, 0),),
)
"""One i3.xlarge on AWS jobs, premium tier: d = 0.15, v = 0.312, m = 2.9; up for one hour with 4 slots."""

ALL_PURPOSE = replace(SINGLE, product="ALL_PURPOSE_COMPUTE", uptime=Uptime.FIXED)
"""The same node as all-purpose compute that stays up: d = 0.55, v = 0.312, m = 2."""

SIXTEEN_WORKERS = replace(SINGLE, is_single_node=False, epochs=(Epoch(0, HOUR, 64, 16),))
"""A driver and 16 workers on demand, 64 slots, one hour."""


def stage(
    stage_id: int, run_ms: int | Fraction, *, epoch: int = 0, lost_ms: int | Fraction = 0, attempt: int = 0
) -> StageRun:
    """A stage that ran in one epoch."""
    return StageRun(
        stage_id,
        attempt,
        Fraction(run_ms),
        lost_run_ms=Fraction(lost_ms),
        run_by_epoch_ms=((epoch, Fraction(run_ms) + lost_ms),),
    )


def fractions(low: int, high: int, parts: int) -> SearchStrategy[Fraction]:
    """Fractions from ``low`` to ``high`` in steps of 1/``parts``; much faster to draw than Hypothesis' own."""
    return st.integers(low * parts, high * parts).map(lambda count: Fraction(count, parts))


def text_range(text: str) -> Range:
    """``low..high`` or one number, read by hand."""
    low, _, high = text.partition("..")
    return Range.of(low, high or low)

"""The rates of one cluster: what each class of node costs per hour, in DBUs and as a VM, and the engine's premium."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from clusop.analysis.economics.node_hours import NodeHours
from clusop.pricing.price import Price, Unpriced
from clusop.reasons import Reason
from clusop.units import Range

if TYPE_CHECKING:
    from clusop.analysis.cluster import Cluster
    from clusop.analysis.economics.source import PriceSource

__all__ = ["EpochRates", "Rates", "cluster_rates", "nodes_alive"]

_ON_DEMAND, _SPOT = "ON_DEMAND", "SPOT"
_NO_MULTIPLIER = Price(Range.of(1), "ratio", ())


@dataclass(frozen=True, slots=True)
class EpochRates:
    """What the whole cluster costs per hour in one epoch, driver too. ``d`` and ``v`` of DESIGN §6, each on its own.

    ``dbu_per_hour`` and ``dbu_usd_per_hour`` are without premium.
    """

    dbu_per_hour: Range | Unpriced
    dbu_usd_per_hour: Range | Unpriced
    vm_usd_per_hour: Range | Unpriced


@dataclass(frozen=True, slots=True)
class Rates:
    """Unit rates of a cluster, each a price or the reason why there is none; one unknown leaves the others alone.

    ``multiplier`` is what the bill multiplies DBUs with (1 where the engine costs no premium), ``premium`` is ``m`` for
    exposure and the engine decision (``no-premium``, ``serverless-no-premium`` where there is none). The same node type for
    driver and workers is *one* unknown, not two: ``is_one_node_type``. ``epochs`` runs parallel to the cluster's.
    """

    usd_per_dbu: Price | Unpriced
    multiplier: Price | Unpriced
    premium: Price | Unpriced
    driver_dbu_per_hour: Price | Unpriced
    worker_dbu_per_hour: Price | Unpriced
    driver_vm_usd_per_hour: Price | Unpriced
    on_demand_worker_vm_usd_per_hour: Price | Unpriced
    spot_worker_vm_usd_per_hour: Price | Unpriced
    is_one_node_type: bool
    epochs: tuple[EpochRates, ...]
    remarks: tuple[Reason, ...] = ()

    def dbu_gap(self, hours: NodeHours) -> Unpriced | None:
        """Why the DBU dollars of ``hours`` are not known; ``None`` where they are."""
        needed = [self.usd_per_dbu, self.multiplier, self.driver_dbu_per_hour]
        return _first_gap(needed + [self.worker_dbu_per_hour] * (hours.workers > 0))

    def vm_gap(self, hours: NodeHours) -> Unpriced | None:
        """Why the VM dollars of ``hours`` are not known; ``None`` where they are."""
        needed = [self.driver_vm_usd_per_hour]
        needed += [self.on_demand_worker_vm_usd_per_hour] * (hours.on_demand_workers > 0)
        return _first_gap(needed + [self.spot_worker_vm_usd_per_hour] * (hours.spot_workers > 0))


def nodes_alive(cluster: Cluster, worker_count: int) -> NodeHours:
    """The nodes of the cluster while ``worker_count`` workers are alive, as node-hours per hour.

    The driver is on demand and counts first among ``first_on_demand``. Workers of unknown availability, and spot workers of
    a cluster that does not say how many nodes are on demand, are counted as *maybe spot*: their price is a range.
    """
    workers = 0 if cluster.is_single_node else worker_count
    sure = workers if cluster.availability == _ON_DEMAND else max(0, (cluster.first_on_demand or 0) - 1)
    on_demand = min(workers, sure)
    return NodeHours(Fraction(1), Fraction(on_demand), Fraction(workers - on_demand))


def cluster_rates(cluster: Cluster, prices: PriceSource, engine: str) -> Rates:
    """The rates of ``cluster`` with ``engine`` (a dialect's id) switched on, from ``prices``.

    The SKU follows the cluster, never a job id (DESIGN §6).
    """
    driver_type = cluster.driver_node_type or cluster.worker_node_type  # Databricks' default where none is set
    worker_type = cluster.worker_node_type
    usd_per_dbu, multiplier, premium = _billing(cluster, prices, engine)
    driver_dbu = _node_dbu(cluster, prices, driver_type)
    worker_dbu = driver_dbu if worker_type == driver_type else _node_dbu(cluster, prices, worker_type)
    driver_vm = _vm(cluster, prices, driver_type, _ON_DEMAND)
    worker_vm = driver_vm if worker_type == driver_type else _vm(cluster, prices, worker_type, _ON_DEMAND)
    spot_vm, spot_remarks = _spot_vm(cluster, prices, worker_vm)
    rates = Rates(
        usd_per_dbu=usd_per_dbu,
        multiplier=multiplier,
        premium=premium,
        driver_dbu_per_hour=driver_dbu,
        worker_dbu_per_hour=worker_dbu,
        driver_vm_usd_per_hour=driver_vm,
        on_demand_worker_vm_usd_per_hour=worker_vm,
        spot_worker_vm_usd_per_hour=spot_vm,
        is_one_node_type=worker_type == driver_type,
        epochs=(),
        remarks=_remarks(cluster, usd_per_dbu, spot_remarks),
    )
    by_count: dict[int, EpochRates] = {}
    for epoch in cluster.epochs:
        if epoch.worker_count not in by_count:
            by_count[epoch.worker_count] = _epoch_rates(rates, nodes_alive(cluster, epoch.worker_count))
    return replace(rates, epochs=tuple(by_count[epoch.worker_count] for epoch in cluster.epochs))


def _billing(
    cluster: Cluster, prices: PriceSource, engine: str
) -> tuple[Price | Unpriced, Price | Unpriced, Price | Unpriced]:
    if cluster.is_serverless:
        gap = Unpriced(Reason("serverless-no-premium"))
        return gap, gap, gap
    no_premium = Unpriced(Reason("no-premium"))
    if not cluster.is_databricks:
        return Unpriced(Reason("not-databricks")), _NO_MULTIPLIER, no_premium
    if not cluster.cloud:
        gap = Unpriced(Reason("unknown-cloud"))
        return gap, gap, gap
    if not cluster.product:
        gap = Unpriced(Reason("unknown-product"))
        return gap, gap, gap
    usd_per_dbu = prices.dbu_usd(cluster.cloud, cluster.tier, cluster.product)
    premium = no_premium if engine == "none" else prices.premium_multiplier(engine, cluster.cloud, cluster.product)
    is_free = isinstance(premium, Unpriced) and premium.reason.id == "no-premium"
    return usd_per_dbu, _NO_MULTIPLIER if is_free else premium, premium


def _node_dbu(cluster: Cluster, prices: PriceSource, node_type: str) -> Price | Unpriced:
    gap = _place_gap(cluster, node_type)
    if gap is not None:
        return gap
    if not cluster.is_databricks:
        return Unpriced(Reason("not-databricks"))
    return prices.node_dbu(cluster.cloud, node_type)


def _vm(cluster: Cluster, prices: PriceSource, node_type: str, availability: str) -> Price | Unpriced:
    gap = _place_gap(cluster, node_type)
    return prices.vm_usd(cluster.cloud, node_type, availability) if gap is None else gap


def _place_gap(cluster: Cluster, node_type: str) -> Unpriced | None:
    if cluster.is_serverless:
        return Unpriced(Reason("serverless-no-premium"))
    if not node_type:
        return Unpriced(Reason("unknown-shape" if cluster.is_databricks else "not-databricks"))
    return None if cluster.cloud else Unpriced(Reason("unknown-cloud"))


def _spot_vm(
    cluster: Cluster, prices: PriceSource, on_demand: Price | Unpriced
) -> tuple[Price | Unpriced, tuple[Reason, ...]]:
    """The price of a worker that may run on spot. Only a count of on-demand nodes and plain SPOT rule on-demand out."""
    if cluster.availability == _ON_DEMAND or cluster.is_single_node:
        return on_demand, ()
    spot = _vm(cluster, prices, cluster.worker_node_type, _SPOT)
    remark = (Reason("spot-unknown"),)
    if cluster.availability == _SPOT and cluster.first_on_demand is not None:
        return spot, () if isinstance(spot, Price) and spot.value.is_exact else remark
    gap = _first_gap([spot, on_demand])
    if gap is not None or isinstance(spot, Unpriced) or isinstance(on_demand, Unpriced):
        return gap or spot, ()
    ends = (spot.value.low, spot.value.high, on_demand.value.low, on_demand.value.high)
    entries = tuple(dict.fromkeys((*spot.entry_ids, *on_demand.entry_ids)))
    return Price(Range(min(ends), max(ends)), spot.unit, entries), remark


def _remarks(cluster: Cluster, usd_per_dbu: Price | Unpriced, spot: tuple[Reason, ...]) -> tuple[Reason, ...]:
    is_tier_open = not cluster.tier and isinstance(usd_per_dbu, Price) and not usd_per_dbu.value.is_exact
    return (*((Reason("unknown-tier"),) if is_tier_open else ()), *spot)


def _epoch_rates(rates: Rates, nodes: NodeHours) -> EpochRates:
    dbu = _sum(((nodes.driver, rates.driver_dbu_per_hour), (nodes.workers, rates.worker_dbu_per_hour)))
    vm = _sum(
        (
            (nodes.driver, rates.driver_vm_usd_per_hour),
            (nodes.on_demand_workers, rates.on_demand_worker_vm_usd_per_hour),
            (nodes.spot_workers, rates.spot_worker_vm_usd_per_hour),
        )
    )
    usd: Range | Unpriced
    if isinstance(rates.usd_per_dbu, Unpriced):
        usd = rates.usd_per_dbu
    else:
        usd = dbu if isinstance(dbu, Unpriced) else dbu * rates.usd_per_dbu.value
    return EpochRates(dbu, usd, vm)


def _sum(parts: tuple[tuple[Fraction, Price | Unpriced], ...]) -> Range | Unpriced:
    total = Range.of(0)
    for count, price in parts:
        if count == 0:
            continue
        if isinstance(price, Unpriced):
            return price
        total += price.value * count
    return total


def _first_gap(prices: list[Price | Unpriced]) -> Unpriced | None:
    return next((price for price in prices if isinstance(price, Unpriced)), None)

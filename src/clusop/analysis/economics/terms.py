"""From rates and node-hours to the inputs of a formula: what a figure's record says of its prices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clusop.analysis.economics.exact_text import number_text, range_text
from clusop.analysis.economics.formulas import UNPRICED, figure_with_parts
from clusop.pricing.price import Price, Unpriced

if TYPE_CHECKING:
    from collections.abc import Mapping

    from clusop.analysis.economics.node_hours import NodeHours
    from clusop.analysis.economics.rates import Rates
    from clusop.analysis.figure import Figure, ModeledFigure

__all__ = ["cost_figure", "dbu_inputs", "hours_inputs", "missing_parts", "price_ids", "vm_inputs"]


def hours_inputs(hours: NodeHours, prefix: str = "") -> dict[str, str]:
    """The node-hours, exact."""
    return {
        f"{prefix}driver_node_hours": number_text(hours.driver),
        f"{prefix}on_demand_worker_node_hours": number_text(hours.on_demand_workers),
        f"{prefix}spot_worker_node_hours": number_text(hours.spot_workers),
    }


def dbu_inputs(rates: Rates, hours: NodeHours, multiplier: Price | Unpriced) -> dict[str, str]:
    """DBU rates, the price of a DBU and the multiplier ``m``, as far as ``hours`` need them."""
    inputs = _priced(
        {"driver_dbu_per_hour": rates.driver_dbu_per_hour, "usd_per_dbu": rates.usd_per_dbu, "m": multiplier}
    )
    if hours.workers > 0:
        inputs |= (
            {"worker_dbu_per_hour": "=driver_dbu_per_hour"}
            if rates.is_one_node_type
            else _priced({"worker_dbu_per_hour": rates.worker_dbu_per_hour})
        )
    return inputs


def vm_inputs(rates: Rates, hours: NodeHours) -> dict[str, str]:
    """VM rates, as far as ``hours`` need them."""
    inputs = _priced({"driver_vm_usd_per_hour": rates.driver_vm_usd_per_hour})
    if hours.on_demand_workers > 0:
        inputs |= (
            {"on_demand_worker_vm_usd_per_hour": "=driver_vm_usd_per_hour"}
            if rates.is_one_node_type
            else _priced({"on_demand_worker_vm_usd_per_hour": rates.on_demand_worker_vm_usd_per_hour})
        )
    if hours.spot_workers > 0:
        inputs |= _priced({"spot_worker_vm_usd_per_hour": rates.spot_worker_vm_usd_per_hour})
    return inputs


def price_ids(rates: Rates, inputs: Mapping[str, str]) -> tuple[str, ...]:
    """The entries of the price list behind those of ``inputs`` that are prices, each once."""
    prices = {
        "usd_per_dbu": rates.usd_per_dbu,
        "m": rates.multiplier,
        "driver_dbu_per_hour": rates.driver_dbu_per_hour,
        "worker_dbu_per_hour": rates.worker_dbu_per_hour,
        "driver_vm_usd_per_hour": rates.driver_vm_usd_per_hour,
        "on_demand_worker_vm_usd_per_hour": rates.on_demand_worker_vm_usd_per_hour,
        "spot_worker_vm_usd_per_hour": rates.spot_worker_vm_usd_per_hour,
    }
    found: dict[str, None] = {}
    for name, price in prices.items():
        if name in inputs and isinstance(price, Price):
            found |= dict.fromkeys(price.entry_ids)
    return tuple(found)


def cost_figure(
    formula: str, rates: Rates, hours: NodeHours, extra: Mapping[str, str] | None = None
) -> ModeledFigure | Unpriced:
    """A figure over m·D + V of ``hours``, its DBU dollars and VM dollars apart in ``dbu_usd`` and ``vm_usd``.

    Where a part of the bill has no price, there is no figure: a sum without it would pass for the whole. A cluster that is no
    Databricks cluster has no DBU part; its VM dollars are all there is (:func:`missing_parts`).
    """
    dbu_gap, vm_gap = rates.dbu_gap(hours), rates.vm_gap(hours)
    if dbu_gap is not None and (vm_gap is not None or dbu_gap.reason.id != "not-databricks"):
        return dbu_gap
    if vm_gap is not None:
        return vm_gap
    inputs = hours_inputs(hours) | dict(extra or {})
    if dbu_gap is None:
        inputs |= dbu_inputs(rates, hours, rates.multiplier)
    else:
        inputs["dbu_usd"] = UNPRICED + dbu_gap.reason.id
    if vm_gap is None:
        inputs |= vm_inputs(rates, hours)
    else:
        inputs["vm_usd"] = UNPRICED + vm_gap.reason.id
    return figure_with_parts(formula, inputs, price_ids(rates, inputs))


def missing_parts(figure: Figure) -> tuple[tuple[str, str], ...]:
    """The parts of the bill that are *not* in this figure for want of a price: ``("vm", reason id)``, ``("dbu", …)``."""
    parts = (("dbu", figure.inputs.get("dbu_usd", "")), ("vm", figure.inputs.get("vm_usd", "")))
    return tuple((part, text.removeprefix(UNPRICED)) for part, text in parts if text.startswith(UNPRICED))


def _priced(prices: Mapping[str, Price | Unpriced]) -> dict[str, str]:
    return {name: range_text(price.value) for name, price in prices.items() if isinstance(price, Price)}

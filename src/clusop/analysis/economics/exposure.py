"""Exposure: the premium paid for time off the engine, (m − 1)·d·h·J."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clusop.analysis.economics.exact_text import range_text
from clusop.analysis.economics.formulas import figure_of
from clusop.analysis.economics.terms import dbu_inputs, hours_inputs, price_ids
from clusop.pricing.price import Unpriced

if TYPE_CHECKING:
    from clusop.analysis.economics.node_hours import NodeHours
    from clusop.analysis.economics.rates import Rates
    from clusop.analysis.figure import ModeledFigure
    from clusop.units import Range

__all__ = ["exposure"]


def exposure(rates: Rates, hours: NodeHours, share: Range | Unpriced) -> ModeledFigure | Unpriced:
    """(m − 1)·d·h·J of ``hours`` with ``share`` = J, the islands' share of them (DESIGN §6).

    It counts the premium only: what a change would save may be more (VM, base DBUs). VM prices play no part.
    """
    if isinstance(rates.premium, Unpriced):
        return rates.premium
    if isinstance(share, Unpriced):
        return share
    gap = rates.dbu_gap(hours)
    if gap is not None:
        return gap
    inputs = hours_inputs(hours) | dbu_inputs(rates, hours, rates.premium) | {"J": range_text(share)}
    return figure_of("exposure-1", inputs, price_ids(rates, inputs))

"""What a repaired query would save: (m·d + v)·h·J·(1 − 1/g)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clusop.analysis.economics.exact_text import range_text
from clusop.analysis.economics.prior import ASSUMED_GAIN
from clusop.analysis.economics.terms import cost_figure
from clusop.pricing.price import Unpriced

if TYPE_CHECKING:
    from clusop.analysis.cluster import Uptime
    from clusop.analysis.economics.node_hours import NodeHours
    from clusop.analysis.economics.rates import Rates
    from clusop.analysis.figure import ModeledFigure
    from clusop.units import Range

__all__ = ["fix_saving"]


def fix_saving(
    rates: Rates, hours: NodeHours, share: Range | Unpriced, uptime: Uptime, gain: Range = ASSUMED_GAIN
) -> ModeledFigure | Unpriced:
    """(m·d + v)·h·J·(1 − 1/g) of ``hours`` with ``share`` = J and ``gain`` = g (DESIGN §6).

    Cash on elastic uptime, *capacity* on fixed uptime (the input ``uptime`` says which); never below 0 and, since J ≤ 1 and
    1 − 1/g < 1, never above what the hours cost, at both ends.
    """
    if isinstance(share, Unpriced):
        return share
    extra = {"J": range_text(share), "g": range_text(gain), "uptime": uptime.value}
    return cost_figure("fix-1", rates, hours, extra)

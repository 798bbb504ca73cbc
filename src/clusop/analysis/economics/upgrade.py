"""What a newer runtime would save: fix's formula, with a gain that was certified and never assumed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from clusop.analysis.economics.exact_text import range_text
from clusop.analysis.economics.terms import cost_figure
from clusop.pricing.price import Unpriced
from clusop.reasons import Reason

if TYPE_CHECKING:
    from clusop.analysis.cluster import Uptime
    from clusop.analysis.economics.node_hours import NodeHours
    from clusop.analysis.economics.rates import Rates
    from clusop.analysis.figure import ModeledFigure
    from clusop.units import Range

__all__ = ["CertifiedGain", "Declined", "upgrade_saving"]


@dataclass(frozen=True, slots=True)
class Declined:
    """Nothing can be proposed here, and why."""

    reason: Reason


@dataclass(frozen=True, slots=True)
class CertifiedGain:
    """A certification saw ``runtime`` run this natively, ``gain`` times faster; ``evidence`` names the run."""

    runtime: str
    gain: Range
    evidence: str


def upgrade_saving(
    rates: Rates, hours: NodeHours, share: Range | Unpriced, uptime: Uptime, certified: CertifiedGain | None
) -> ModeledFigure | Unpriced | Declined:
    """(m·d + v)·h·J·(1 − 1/g) with the certified ``g`` (DESIGN §6, §12); without a certificate nothing is proposed."""
    if certified is None:
        return Declined(Reason("no-certified-upgrade"))
    if isinstance(share, Unpriced):
        return share
    extra = {
        "J": range_text(share),
        "g": range_text(certified.gain),
        "uptime": uptime.value,
        "evidence": f"{certified.runtime}: {certified.evidence}",
    }
    return cost_figure("upgrade-1", rates, hours, extra)

"""How sure a problem's figures are: the legs of its best signal, and the bill, should it tell the same dollars. Pure."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from clusop.analysis import assessment
from clusop.analysis.confidence import with_bill
from clusop.reasons import Reason
from clusop.service.suppression.per_30_days import DerivedFigure
from clusop.service.teams.told import Leg

if TYPE_CHECKING:
    from collections.abc import Sequence

    from clusop.analysis.figure import Figure
    from clusop.analysis.records.signal import Signal, SignalLeg

__all__ = ["billed_ratio", "legs_of"]


def legs_of(signal: Signal, exposures: Sequence[Figure], names: Sequence[str]) -> tuple[Leg, ...]:
    """The legs of these names. A signal knows no bill; as far as the bill tells the dollars of ``exposures`` (the problem's, per
    30 days), the cost leg is raised by it.
    """
    return tuple(
        _leg(name, getattr(signal.confidence, name), billed_ratio(exposures) if name == "cost" else Fraction(0))
        for name in names
    )


def billed_ratio(exposures: Sequence[Figure]) -> Fraction:
    """The part of these dollars that stands on a bill, by the middles of their ranges; 0 where there are none."""
    whole = sum((_middle(figure) for figure in exposures), Fraction(0))
    billed = sum((_middle(figure) for figure in exposures if isinstance(figure, DerivedFigure)), Fraction(0))
    return billed / whole if whole else Fraction(0)


def _middle(figure: Figure) -> Fraction:
    return (figure.usd.low + figure.usd.high) / 2


def _leg(name: str, told: SignalLeg, ratio: Fraction) -> Leg:
    raised = with_bill(assessment.Leg(told.score, tuple(map(Reason, told.reasons))), ratio)
    level = raised.level if ratio else told.level
    return Leg(name, raised.score, level, tuple(reason.id for reason in raised.reasons))

"""Figures as records, decisions and rates carry them, in the words and views of the report."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar

from clusop.analysis.figure import Figure, ModeledFigure
from clusop.analysis.records.money import PricedFigure
from clusop.pricing.price import Unpriced
from clusop.reasons import Reason, catalogue
from clusop.report.money_text import money_view, saving_view
from clusop.service.views.days import date_of, day_of
from clusop.units import Range

if TYPE_CHECKING:
    from collections.abc import Mapping

    from clusop.analysis.records.money import WireFigure
    from clusop.report.view import MoneyView
    from clusop.service.views.decision_line import DecisionLine

__all__ = ["BASIS_SENTENCES", "figure_of_json", "figure_of_wire", "known_reason", "money_of_wire", "saving_of"]

_MICRO = 1_000_000

BASIS_SENTENCES = {
    "billed-negotiated": "DBUs from the bill, at your own prices",
    "billed-at-list": "DBUs from the bill, at list prices",
    "derived": "DBUs from the bill, with an assumed premium",
    "modeled": "list prices, tables and measured times; no bill",
}


@dataclass(frozen=True, slots=True)
class _AtList(Figure):
    basis: ClassVar[str] = "billed-at-list"


@dataclass(frozen=True, slots=True)
class _Negotiated(Figure):
    basis: ClassVar[str] = "billed-negotiated"


@dataclass(frozen=True, slots=True)
class _Derived(Figure):
    basis: ClassVar[str] = "derived"


_BY_BASIS: Mapping[str, type[Figure]] = {kind.basis: kind for kind in (_AtList, _Negotiated, _Derived, ModeledFigure)}


def known_reason(reason: str, detail: str = "") -> Reason:
    """The reason with this id; one of a newer clusop is said by its id."""
    return Reason(reason, detail) if reason in catalogue() else Reason("not-told", f" ({reason[:60]})")


def figure_of_wire(figure: WireFigure) -> Figure | Unpriced:
    """A signal's figure."""
    if not isinstance(figure, PricedFigure):
        return Unpriced(known_reason(figure.reason))
    return _figure(figure)


def figure_of_json(told: Mapping[str, Any]) -> Figure | Unpriced | None:  # Any: JSON
    """A figure of a decision; ``None`` where none was worked out or it cannot be read."""
    if isinstance(unpriced := told.get("unpriced"), dict):
        return Unpriced(known_reason(str(unpriced.get("reason", ""))))
    try:
        inputs = {str(name): str(value) for name, value in dict(told["inputs"]).items()}
        ids = tuple(str(one) for one in told.get("price_ids", ()))
        low, high = int(told["low_microusd"]), int(told["high_microusd"])
        return _figure(PricedFigure(low, high, str(told.get("basis", "modeled")), str(told["formula"]), inputs, ids))
    except (KeyError, TypeError, ValueError):
        return None


def money_of_wire(label: str, figure: WireFigure, note: str = "") -> MoneyView:
    """A signal's figure to show."""
    return money_view(label, figure_of_wire(figure), note)


def saving_of(decision: DecisionLine | None) -> MoneyView | None:
    """A decision's saving to show, with the days it is of; ``None`` where none was worked out."""
    if decision is None or (figure := figure_of_json(decision.saving)) is None:
        return None
    first, last = (date_of(day_of(at_ms)) for at_ms in (decision.from_at_ms, decision.to_at_ms))
    return replace(saving_view(figure), note=f"over {first} to {last}")


def _figure(told: PricedFigure) -> Figure:
    usd = Range(Fraction(told.low_microusd, _MICRO), Fraction(told.high_microusd, _MICRO))
    return _BY_BASIS[told.basis](usd, told.formula, told.inputs, told.price_ids)

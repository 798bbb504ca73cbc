"""Figures on the wire (DESIGN §11's FIGURE), and the part of a query's figures that belongs to one problem."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

from clusop.analysis.economics.exact_text import range_text
from clusop.analysis.economics.formulas import UNPRICED, evaluate_parts, figure_of
from clusop.analysis.records.gate import INPUT_NAME, INPUT_VALUE, PRICE_ID, REASON, matching
from clusop.analysis.records.shape import Choice, Listing, Members, Record, Shape, ShapeError, Text, Whole
from clusop.pricing.price import Unpriced

if TYPE_CHECKING:
    from collections.abc import Mapping

    from clusop.analysis.figure import Figure
    from clusop.units import Range

__all__ = ["FIGURE", "FigureShape", "NotPriced", "PricedFigure", "WireFigure", "figure_json", "of_problem"]

_PARTS = ("dbu_usd", "vm_usd")
_MAX_INPUTS = 24
_MAX_PRICE_IDS = 16
_BASES = ("modeled",)
_FORMULAS = ("attributed-1", "exposure-1", "fix-1", "upgrade-1")


@dataclass(frozen=True, slots=True)
class PricedFigure:
    """A figure as a record has it. ``inputs`` and ``formula`` recompute it."""

    low_microusd: int
    high_microusd: int
    basis: str
    formula: str
    inputs: Mapping[str, str]
    price_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NotPriced:
    """No figure; ``reason`` is an id of the catalogue."""

    reason: str


WireFigure: TypeAlias = PricedFigure | NotPriced


def _ends(figure: PricedFigure) -> str:
    return "has its ends in the wrong order" if figure.low_microusd > figure.high_microusd else ""


_REASON = Text(REASON)
_PRICED = Record(
    PricedFigure,
    {
        "low_microusd": Whole(),
        "high_microusd": Whole(),
        "basis": Choice(_BASES),
        "formula": Choice(_FORMULAS),
        "inputs": Members(INPUT_NAME, Text(INPUT_VALUE), _MAX_INPUTS),
        "price_ids": Listing(Text(PRICE_ID), _MAX_PRICE_IDS),
    },
    rule=_ends,
)


@dataclass(frozen=True, slots=True)
class FigureShape:
    """A figure or why there is none."""

    priced: Record[PricedFigure] = _PRICED
    reason: Text = _REASON

    def read(self, value: object, where: str) -> WireFigure:
        """One of both."""
        if not isinstance(value, dict) or "unpriced" not in value:
            return self.priced.read(value, where)
        reason = value["unpriced"]
        if not isinstance(reason, dict) or "reason" not in reason:
            raise ShapeError(f"{where}.unpriced.reason", "is missing")
        return NotPriced(self.reason.read(reason["reason"], f"{where}.unpriced.reason"))

    def schema(self) -> dict[str, object]:
        """Either."""
        reason = {"type": "object", "properties": {"reason": self.reason.schema()}, "required": ["reason"]}
        unpriced = {"type": "object", "properties": {"unpriced": reason}, "required": ["unpriced"]}
        return {"if": {"required": ["unpriced"]}, "then": unpriced, "else": self.priced.schema(), "type": "object"}


FIGURE: Shape[WireFigure] = FigureShape()


def figure_json(figure: Figure | Unpriced) -> dict[str, object]:
    """The wire form. Only ids and exact numbers pass: a sentence may tell a node's name."""
    if isinstance(figure, Unpriced):
        return {"unpriced": {"reason": figure.reason.id}}
    document = figure.to_json()
    document["inputs"] = {name: text for name, text in figure.inputs.items() if _is_clean(name, text)}
    document["price_ids"] = [entry for entry in figure.price_ids if matching(entry, PRICE_ID)][:_MAX_PRICE_IDS]
    return document


def of_problem(figure: Figure | Unpriced, share: Range | Unpriced) -> Figure | Unpriced:
    """``figure`` of a query (exposure or saving) with ``share``, J of one problem, in place of the query's."""
    if isinstance(figure, Unpriced):
        return figure
    if isinstance(share, Unpriced):
        return share
    inputs = dict(figure.inputs) | {"J": range_text(share)}
    dbu_usd, vm_usd = evaluate_parts(figure.formula, inputs)
    for part, value in zip(_PARTS, (dbu_usd, vm_usd), strict=True):
        if part in inputs and not inputs[part].startswith(UNPRICED):
            inputs[part] = range_text(value)
    return figure_of(figure.formula, MappingProxyType(inputs), figure.price_ids)


def _is_clean(name: str, text: str) -> bool:
    return bool(matching(name, INPUT_NAME) and matching(text, INPUT_VALUE))

"""Figures of money. The basis of a figure is its class: a modeled amount cannot be passed where a billed one is asked for."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar

from clusop.units import usd_to_microusd

if TYPE_CHECKING:
    from collections.abc import Mapping

    from clusop.units import Range

__all__ = ["Figure", "ModeledFigure"]


@dataclass(frozen=True, slots=True)
class Figure:
    """An amount of dollars that can be recomputed: exact range, formula id (docs/formulas.md), its inputs as exact text
    (``"3/200"``, ``"0.55"``), the price entries used. Use a subclass; its ``basis`` is the wire's.
    """

    basis: ClassVar[str] = ""

    usd: Range
    formula: str
    inputs: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    price_ids: tuple[str, ...] = ()

    def to_json(self) -> dict[str, object]:
        """The wire form; the one place where dollars are rounded."""
        return {
            "low_microusd": usd_to_microusd(self.usd.low),
            "high_microusd": usd_to_microusd(self.usd.high),
            "basis": self.basis,
            "formula": self.formula,
            "inputs": dict(self.inputs),
            "price_ids": list(self.price_ids),
        }


@dataclass(frozen=True, slots=True)
class ModeledFigure(Figure):
    """Dollars from list prices, tables and measured times; never from a bill."""

    basis: ClassVar[str] = "modeled"

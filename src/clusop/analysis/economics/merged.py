"""Several sightings of one problem as one record: the hours are summed, and the money is computed once from the sums.

Hours and share of a sighting become *island node-hours*, h·J, at both ends; their sums take the place of the hours, with J = 1.
So the record of a merged figure has the same inputs as any other and can be recomputed from them alone (promise P12).
"""

from __future__ import annotations

from fractions import Fraction
from types import MappingProxyType
from typing import TYPE_CHECKING

from clusop.analysis.assessment import QueryCost
from clusop.analysis.economics.exact_text import parse_range, range_text
from clusop.analysis.economics.formulas import UNPRICED, evaluate_parts, figure_of
from clusop.pricing.price import Unpriced
from clusop.units import Range

if TYPE_CHECKING:
    from collections.abc import Mapping

    from clusop.analysis.figure import Figure

__all__ = ["Merged"]

_HOURS = ("driver_node_hours", "on_demand_worker_node_hours", "spot_worker_node_hours")
_PARTS = ("dbu_usd", "vm_usd")
_GRAIN = 10**12
"""Island hours are counted in whole 10⁻¹² hours (3.6 ns) and what is finer is cut, as attribution cuts what is finer than a
nanosecond. Sums of arbitrary fractions would grow by some digits with every sighting, past any record's size.
"""


class Merged:
    """The sum of sightings of one problem at the same prices. ``sightings`` counts them.

    One sighting alone keeps its own figures. Of several, each figure counts those that have one, and says in its input
    ``sightings`` how many; the gaps of the others are dropped where anything has a price.
    """

    def __init__(self) -> None:
        self.sightings = 0
        self._first: QueryCost | None = None
        self._attributed = _Sum()
        self._exposure = _Sum()
        self._avoidable = _Sum()

    def add(self, cost: QueryCost) -> bool:
        """Add a sighting. ``False``, and nothing is added, where it has other prices than those before: they are no sum."""
        # What nobody can price as a whole is no ground of a saving: the saving could exceed the rest's cost.
        avoidable = cost.attributed if isinstance(cost.attributed, Unpriced) else cost.avoidable
        offered = (
            (self._attributed, cost.attributed),
            (self._exposure, cost.exposure),
            (self._avoidable, avoidable),
        )
        is_same_kind = self._first is None or self._first.avoidable_is_capacity == cost.avoidable_is_capacity
        if not (is_same_kind and all(one.accepts(figure) for one, figure in offered)):
            return False
        if self._first is None:
            self._first = cost
        self.sightings += 1
        for one, figure in offered:
            one.add(figure)
        return True

    def cost(self) -> QueryCost | None:
        """The money of all sightings; ``None`` before the first."""
        if self._first is None or self.sightings == 1:
            return self._first
        return QueryCost(
            attributed=self._attributed.figure(),
            exposure=self._exposure.figure(),
            avoidable=self._avoidable.figure(),
            avoidable_is_capacity=self._first.avoidable_is_capacity,
        )


class _Sum:
    """One figure's part of a :class:`Merged`."""

    def __init__(self) -> None:
        self._formula = ""
        self._count = 0
        self._gap: Unpriced | None = None
        self._hours = dict.fromkeys(_HOURS, Range.of(0))
        self._terms: dict[str, str] = {}
        self._price_ids: dict[str, None] = {}

    def accepts(self, figure: Figure | Unpriced) -> bool:
        """Whether all that both price, they price alike."""
        if isinstance(figure, Unpriced) or not self._count:
            return True
        terms = _terms(figure.inputs)
        return figure.formula == self._formula and all(
            self._terms.get(name, text) == text for name, text in terms.items()
        )

    def add(self, figure: Figure | Unpriced) -> None:
        if isinstance(figure, Unpriced):
            self._gap = self._gap or figure
            return
        self._formula = figure.formula
        self._count += 1
        share = parse_range("J", figure.inputs.get("J", "1"))
        for name in _HOURS:
            self._hours[name] += _whole_grains(parse_range(name, figure.inputs[name]) * share)
        for name, text in _terms(figure.inputs).items():
            self._terms.setdefault(name, text)
        self._price_ids |= dict.fromkeys(figure.price_ids)

    def figure(self) -> Figure | Unpriced:
        """The figure of the sums, or the first gap where nothing has a price."""
        if self._gap is not None and not self._count:
            return self._gap
        inputs = {name: range_text(hours) for name, hours in self._hours.items()}
        inputs |= {name: text for name, text in self._terms.items() if text}
        if "J" in self._terms:
            inputs["J"] = "1"
        unpriced = [name for name in _PARTS if name in inputs]
        if any(name in self._terms for name in _PARTS):
            parts = zip(_PARTS, evaluate_parts(self._formula, inputs), strict=True)
            inputs |= {name: range_text(usd) for name, usd in parts if name not in unpriced}
        inputs["sightings"] = str(self._count)
        return figure_of(self._formula, inputs, tuple(self._price_ids))


def _terms(inputs: Mapping[str, str]) -> Mapping[str, str]:
    """What must be the same in all sightings. Empty texts stand for what differs by nature: J, and the parts' dollars."""
    kept = {name: text for name, text in inputs.items() if name not in _HOURS}
    open_names = [name for name in ("J", *_PARTS) if name in kept and not kept[name].startswith(UNPRICED)]
    return MappingProxyType(kept | dict.fromkeys(open_names, ""))


def _whole_grains(hours: Range) -> Range:
    return Range(Fraction(hours.low * _GRAIN // 1, _GRAIN), Fraction(hours.high * _GRAIN // 1, _GRAIN))

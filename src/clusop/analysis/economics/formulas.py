"""The formulas of money (docs/formulas.md). A figure is computed from its inputs' text and from nothing else.

Every formula is a function of exact inputs, some of which are known only as a range. The figure is the formula's least and
greatest value over the *box* of those ranges, with one value per input at a time: the tier that makes a DBU dear makes it
dear on both sides of a saving. Why the box's corners are enough is said at each formula; ``tests`` check it by sampling.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

from clusop.analysis.cluster import Uptime
from clusop.analysis.economics.exact_text import parse_range, range_text
from clusop.analysis.figure import ModeledFigure
from clusop.errors import InputError
from clusop.units import Range

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

__all__ = ["FORMULA_IDS", "UNPRICED", "evaluate", "evaluate_parts", "figure_of", "figure_with_parts", "recompute"]

Values: TypeAlias = "Mapping[str, Fraction]"
Evaluation: TypeAlias = "Callable[[Values], tuple[Fraction, ...]]"

_NOT_NUMBERS = frozenset({"dbu_usd", "vm_usd", "break_even_speedup", "uptime", "of", "evidence", "sightings"})
"""Results shown beside the inputs for the reader, words, and how many sightings the hours are the sum of."""
_ALIAS = "="
UNPRICED = "unpriced:"
"""``dbu_usd`` or ``vm_usd`` begin so, with the reason's id, where that part of a figure has no price and is not in it."""
_HAS_DBU, _HAS_VM, _IS_FIXED, _IS_ELASTIC = "?dbu", "?vm", "?fixed", "?elastic"
_MAX_RANGES = 12
_ZERO, _ONE = Fraction(0), Fraction(1)
_DBU_RATES = (
    ("driver_node_hours", "driver_dbu_per_hour"),
    ("on_demand_worker_node_hours", "worker_dbu_per_hour"),
    ("spot_worker_node_hours", "worker_dbu_per_hour"),
)
_VM_RATES = (
    ("driver_node_hours", "driver_vm_usd_per_hour"),
    ("on_demand_worker_node_hours", "on_demand_worker_vm_usd_per_hour"),
    ("spot_worker_node_hours", "spot_worker_vm_usd_per_hour"),
)
_WHOLE = "Give the whole record of the figure."


def _at_rates(values: Values, prefix: str, rates: tuple[tuple[str, str], ...]) -> Fraction:
    """Σ hours × rate of the classes of node; the rate of a class that never lived need not be known."""
    total = _ZERO
    for hours, rate in rates:
        lived = values[prefix + hours]
        if lived:
            product = lived * values[rate]
            total = total + product if total else product  # fractions are slow to add
    return total


def _dbu_usd(values: Values, prefix: str = "") -> Fraction:
    """``D``: DBU dollars without premium of the node-hours called ``prefix``; 0 where this part is not priced."""
    if _HAS_DBU not in values:
        return _ZERO
    return _at_rates(values, prefix, _DBU_RATES) * values["usd_per_dbu"]


def _vm_usd(values: Values, prefix: str = "") -> Fraction:
    """``V``: VM dollars of the node-hours called ``prefix``; 0 where this part is not priced."""
    if _HAS_VM not in values:
        return _ZERO
    return _at_rates(values, prefix, _VM_RATES)


def _cost(values: Values) -> tuple[Fraction, ...]:
    """m·D + V. Rises in every input, so the two all-low and all-high corners are its ends."""
    if _HAS_DBU not in values:
        return (_vm_usd(values),)
    dbu = values["m"] * _dbu_usd(values)
    return (dbu + _vm_usd(values) if _HAS_VM in values else dbu,)


def _exposure(values: Values) -> tuple[Fraction, ...]:
    """(m − 1)·D·J. Rises in every input."""
    return (max(Fraction(0), values["m"] - 1) * _dbu_usd(values) * values["J"],)


def _fix(values: Values) -> tuple[Fraction, ...]:
    """(m·D + V)·J·(1 − 1/g), never below 0 (g < 1 would be a loss nobody has to take). Rises in every input."""
    (cost,) = _cost(values)
    return (cost * values["J"] * max(Fraction(0), 1 - 1 / values["g"]),)


def _disable(values: Values) -> tuple[Fraction, ...]:
    """(m·d + v)·U − (d + v)·U_off, in dollars of the window.

    With D, V over all of ``U`` and D_b, V_b over its busy part, k = J + (1 − J)·s the slow-down of busy time:

    * elastic: U_off = U_idle + U_busy·k, so the saving is (m − 1)·D − (k − 1)·(D_b + V_b): affine in each input alone;
    * fixed: U_off = max(U, U_busy·k), so with φ = max(1, k·U_busy/U) ≥ 1 the saving is (m − φ)·D + (1 − φ)·V. The kink lies in
      φ, which holds no price: in each price and in m the saving is affine; in s and in J alone φ is monotone (a maximum of a
      constant and an affine function), and the saving falls where φ rises;
    * unknown: both.

    So the saving is monotone in each input alone, whatever the others are: moving one input after the other to the better
    of its ends never lowers it (nor raises it, to the worse), hence least and greatest value lie on corners.
    """
    m = values["m"]
    dbu, vm = _dbu_usd(values, "total_"), _vm_usd(values, "total_")
    slowdown = values["slowdown"] if "slowdown" in values else values["J"] + (1 - values["J"]) * values["s"]
    savings = []
    if _IS_FIXED not in values:
        busy = _dbu_usd(values, "busy_") + _vm_usd(values, "busy_")
        savings.append((m - 1) * dbu - (slowdown - 1) * busy)
    if _IS_ELASTIC not in values:
        stretch = max(_ONE, slowdown * values["busy_driver_node_hours"] / values["total_driver_node_hours"])
        savings.append((m - stretch) * dbu + (1 - stretch) * vm)
    return tuple(savings)


def _scaled(values: Values) -> tuple[Fraction, ...]:
    """Dollars per run × runs per day × days. Affine in the dollars."""
    return (values["usd_per_run"] * values["runs_per_day"] * values["days"],)


def _premium_in_bill(values: Values) -> tuple[Fraction, ...]:
    """usd·(1 − 1/m): the billed quantity holds the multiplier already; what was taken back is no exposure. Rises in both."""
    return (max(_ZERO, values["usd"]) * (1 - 1 / max(_ONE, values["m"])),)


def _capped_sum(values: Values) -> tuple[Fraction, ...]:
    """Σ of the parts, none below 0, together no more than the cap. Rises in every input."""
    parts = sum((max(Fraction(0), value) for name, value in values.items() if name.startswith("part_")), Fraction(0))
    return (min(parts, values["cap"]) if "cap" in values else parts,)


@dataclass(frozen=True, slots=True)
class _Formula:
    """``adds_up``: it is m·D + V times what holds no price, so its DBU and VM dollars add up to it at each corner."""

    evaluation: Evaluation
    rises_in_every_input: bool
    adds_up: bool = False


_COST = _Formula(_cost, rises_in_every_input=True, adds_up=True)
_FIX = _Formula(_fix, rises_in_every_input=True, adds_up=True)
_FORMULAS: Mapping[str, _Formula] = MappingProxyType(
    {
        "attributed-1": _COST,
        "derived-exposure-1": _Formula(_premium_in_bill, rises_in_every_input=True),
        "disable-1": _Formula(_disable, rises_in_every_input=False),
        "exposure-1": _Formula(_exposure, rises_in_every_input=True),
        "fix-1": _FIX,
        "non-sql-and-failed-1": _COST,
        "per-30-days-1": _Formula(_scaled, rises_in_every_input=False),
        "sum-1": _Formula(_capped_sum, rises_in_every_input=True),
        "total-1": _COST,
        "unobserved-1": _COST,
        "unused-1": _COST,
        "upgrade-1": _FIX,
    }
)
FORMULA_IDS = tuple(_FORMULAS)


def evaluate(formula: str, inputs: Mapping[str, str]) -> Range:
    """The value of ``formula`` over the box of its inputs.

    Raises :class:`InputError` where the formula is not known, or an input is missing or no exact number.
    """
    return _over_box(formula, _read(inputs))


def evaluate_parts(formula: str, inputs: Mapping[str, str]) -> tuple[Range, Range]:
    """The DBU dollars and the VM dollars of ``formula``, each alone; raises like :func:`evaluate`."""
    return _parts(formula, _read(inputs))


def _parts(formula: str, box: _Box) -> tuple[Range, Range]:
    without_vm = {name: value for name, value in box.fixed.items() if name != _HAS_VM}
    without_dbu = {name: value for name, value in box.fixed.items() if name != _HAS_DBU}
    dbu_alone, vm_alone = (_Box(fixed, box.ranges, box.aliases) for fixed in (without_vm, without_dbu))
    return _over_box(formula, dbu_alone), _over_box(formula, vm_alone)


def figure_of(formula: str, inputs: Mapping[str, str], price_ids: tuple[str, ...] = ()) -> ModeledFigure:
    """The modeled figure that ``inputs`` make. It equals :func:`recompute` of its own record by construction."""
    return ModeledFigure(evaluate(formula, inputs), formula, MappingProxyType(dict(inputs)), price_ids)


def figure_with_parts(formula: str, inputs: Mapping[str, str], price_ids: tuple[str, ...] = ()) -> ModeledFigure:
    """:func:`figure_of`, with its DBU dollars and VM dollars shown in ``dbu_usd`` and ``vm_usd`` where they have a price."""
    # The two are no numbers of the formula: the same box makes the parts and the figure.
    box = _read(inputs)
    dbu_usd, vm_usd = _parts(formula, box)
    usd = dbu_usd + vm_usd if _FORMULAS[formula].adds_up else _over_box(formula, box)
    shown = dict(inputs)
    shown.setdefault("dbu_usd", range_text(dbu_usd))
    shown.setdefault("vm_usd", range_text(vm_usd))
    return ModeledFigure(usd, formula, MappingProxyType(shown), price_ids)


def recompute(figure: Mapping[str, object]) -> Range:
    """The exact dollars of a figure's record (``Figure.to_json()``), from its formula and inputs alone (promise P12).

    Raises :class:`InputError` where the record is not whole.
    """
    formula, inputs = figure.get("formula"), figure.get("inputs")
    if not isinstance(formula, str) or not isinstance(inputs, dict):
        where = f"figure {str(formula)[:60]!r}"
        raise InputError(where, "its formula or its inputs are missing", _WHOLE)
    return evaluate(formula, {str(name): str(text) for name, text in inputs.items()})


@dataclass(frozen=True, slots=True)
class _Box:
    fixed: Mapping[str, Fraction]
    ranges: Mapping[str, Range]
    aliases: Mapping[str, str]


def _over_box(formula: str, box: _Box) -> Range:
    known = _FORMULAS.get(formula)
    if known is None:
        where, remedy = f"formula {formula[:60]!r}", f"Known are {', '.join(FORMULA_IDS)}."
        raise InputError(where, "it is not known here", remedy)
    ends = box.ranges.values()
    corners: Iterable[tuple[Fraction, ...]]
    if known.rises_in_every_input:
        corners = (tuple(end.low for end in ends), tuple(end.high for end in ends))[: 1 + bool(ends)]
    elif len(ends) > _MAX_RANGES:
        raise InputError(formula, f"{len(ends)} inputs are ranges", f"At most {_MAX_RANGES} may be.")
    else:
        corners = product(*((end.low, end.high) for end in ends))
    results: list[Fraction] = []
    for corner in corners:
        values = {**box.fixed, **dict(zip(box.ranges, corner, strict=True))}
        try:
            values |= {name: values[origin] for name, origin in box.aliases.items()}
            results += known.evaluation(values)
        except KeyError as error:
            raise InputError(formula, f"the input {error} is missing", _WHOLE) from error
        except ZeroDivisionError as error:
            raise InputError(formula, "an input that divides is 0", _WHOLE) from error
    return Range(min(results), max(results)) if len(results) > 1 else Range(results[0], results[0])


def _read(inputs: Mapping[str, str]) -> _Box:
    fixed: dict[str, Fraction] = {}
    ranges: dict[str, Range] = {}
    aliases: dict[str, str] = {}
    for name, text in inputs.items():
        if name in _NOT_NUMBERS:
            continue
        if text.startswith(_ALIAS):
            aliases[name] = text.removeprefix(_ALIAS)
            continue
        value = parse_range(name, text)
        if value.is_exact:
            fixed[name] = value.low
        else:
            ranges[name] = value
    uptime = inputs.get("uptime")
    if uptime is not None and uptime != Uptime.UNKNOWN.value:
        fixed[_IS_FIXED if uptime == Uptime.FIXED.value else _IS_ELASTIC] = _ONE
    for part, marker in (("dbu_usd", _HAS_DBU), ("vm_usd", _HAS_VM)):
        if not inputs.get(part, "").startswith(UNPRICED):
            fixed[marker] = _ONE
    return _Box(fixed, ranges, aliases)

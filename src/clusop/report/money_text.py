"""Figures in words: the amount, what it rests on, how it was computed; why there is none, else."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from clusop.analysis.figure import Figure
from clusop.pricing.price import Unpriced
from clusop.report.amounts import money, number, share, usd
from clusop.report.formula_text import formula_text, input_label
from clusop.report.scrub import cut, one_line
from clusop.report.view import FormulaView, MoneyView, Slice
from clusop.units import Range

if TYPE_CHECKING:
    from collections.abc import Iterable

    from clusop.analysis.assessment import ApplicationCost, QueryCost

__all__ = [
    "EXPOSURE_LABEL",
    "amount_of",
    "bill_slices",
    "bill_view",
    "cost_view",
    "lack_of",
    "midpoint",
    "money_view",
    "saving_view",
    "total_of",
]

EXPOSURE_LABEL = "Premium paid off the engine"

_INPUT_CHARS = 80
_PER_RUN = "a run"
# A record tells a reason's id and not its detail, which leaves a blank before the full stop.
_HOLE = re.compile(r" +\.")


def amount_of(figure: Figure | Unpriced) -> str:
    """``$0.12–0.15``, ``""`` where there is no figure."""
    return "" if isinstance(figure, Unpriced) else money(figure.usd)


def midpoint(figure: Figure | Unpriced) -> Fraction:
    """What figures are ranked by: the middle of the range, below everything where there is no figure."""
    return Fraction(-1) if isinstance(figure, Unpriced) else (figure.usd.low + figure.usd.high) / 2


def lack_of(figure: Unpriced) -> str:
    """``none`` where nothing is there to be paid or saved, ``not priced`` where it is not known."""
    return "none" if figure.is_nothing else "not priced"


def total_of(figures: Iterable[Figure | Unpriced]) -> Range | Unpriced:
    """The sum of figures, over unrounded values; the first figure that is missing makes the sum missing."""
    total = Range(Fraction(0), Fraction(0))
    for figure in figures:
        if isinstance(figure, Unpriced):
            return figure
        total += figure.usd
    return total


def money_view(label: str, figure: Figure | Unpriced, note: str = "") -> MoneyView:
    """A figure to show. A figure always names its basis: a modeled amount is never shown as a bill."""
    if isinstance(figure, Unpriced):
        sentence = _HOLE.sub(".", one_line(figure.reason.sentence))
        return MoneyView(label, sentence, missing=True, lack=lack_of(figure))
    inputs = tuple((input_label(name), cut(_input(value), _INPUT_CHARS)) for name, value in figure.inputs.items())
    formula = FormulaView(figure.formula, formula_text(figure.formula), inputs, figure.price_ids)
    return MoneyView(label, money(figure.usd), figure.basis, note, formula=formula)


def _input(text: str) -> str:
    return f"as {input_label(text[1:])}" if text.startswith("=") else number(text)


def saving_view(saving: Figure | Unpriced) -> MoneyView:
    """What a change would save. Where it may cost more instead, both ends are words, never a minus."""
    if isinstance(saving, Unpriced) or saving.usd.low >= 0:
        return money_view("Would save", saving)
    low, high = saving.usd.low, saving.usd.high
    amount = f"between {usd(-low)} more and {usd(high)} less" if high > 0 else f"{money(Range(-high, -low))} more"
    return replace(money_view("Would cost", saving), amount=amount)


def cost_view(cost: QueryCost) -> tuple[MoneyView, ...]:
    """A query's money: what it cost, the premium for time off the engine, what a change would save."""
    saving = "capacity: the cluster stays up anyway" if cost.avoidable_is_capacity else ""
    return (
        money_view("Cost of this run", cost.attributed, _PER_RUN),
        money_view(EXPOSURE_LABEL, cost.exposure, _PER_RUN),
        money_view("Avoidable", cost.avoidable, f"{_PER_RUN}; {saving}" if saving else _PER_RUN),
    )


def bill_view(cost: ApplicationCost) -> tuple[MoneyView, ...]:
    """An application's bill and its classes, which add up to it."""
    return (
        money_view("Whole application", cost.total),
        money_view("SQL queries", cost.attributed),
        money_view("Other work and failures", cost.non_sql_and_failed),
        money_view("Not observed", cost.unobserved),
        money_view("Unused", cost.unused),
    )


def bill_slices(cost: ApplicationCost) -> tuple[Slice, ...]:
    """The classes of the bill as parts of a bar, by the middle of each range; none where a class has no figure."""
    classes = (
        ("SQL queries", cost.attributed, "native"),
        ("other work and failures", cost.non_sql_and_failed, "other"),
        ("not observed", cost.unobserved, "unknown"),
        ("unused", cost.unused, "idle"),
    )
    figures = [(label, figure, tone) for label, figure, tone in classes if isinstance(figure, Figure)]
    total = sum((midpoint(figure) for _, figure, _ in figures), Fraction(0))
    if len(figures) < len(classes) or total <= 0:
        return ()
    return tuple(
        Slice(label, money(figure.usd), share(midpoint(figure) / total), float(midpoint(figure) / total * 100), tone)
        for label, figure, tone in figures
        if midpoint(figure) > 0
    )

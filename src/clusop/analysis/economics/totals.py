"""Totals of savings: one proposal per compute definition, cash and capacity apart, never above what was paid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from clusop.analysis.assessment import Action
from clusop.analysis.cluster import Uptime
from clusop.analysis.economics.exact_text import number_text, range_text
from clusop.analysis.economics.formulas import figure_of
from clusop.analysis.figure import Figure, ModeledFigure

if TYPE_CHECKING:
    from collections.abc import Iterable
    from fractions import Fraction

    from clusop.analysis.assessment import Proposal
    from clusop.pricing.price import Unpriced

__all__ = ["Alternatives", "Savings", "per_30_days", "total_of"]

_DAYS = 30


@dataclass(frozen=True, slots=True)
class Alternatives:
    """What could be done about one compute definition. ``fixes`` and ``upgrades`` hold one figure per query (different
    queries' repairs add up); fixing, upgrading and switching the engine off exclude each other.

    ``bill`` and ``attributed`` are what the compute and its queries cost in the same window.
    """

    compute_id: str
    uptime: Uptime
    bill: Figure | Unpriced
    attributed: Figure | Unpriced
    fixes: tuple[Figure, ...] = ()
    upgrades: tuple[Figure, ...] = ()
    engine: Proposal | None = None


@dataclass(frozen=True, slots=True)
class Savings:
    """Totals. ``capacity`` is freed on compute that stays up anyway; ``cash_or_capacity`` belongs to compute whose uptime is
    not known. They are never added to ``cash``. ``chosen`` says which alternative was counted for which compute.
    """

    cash: ModeledFigure
    capacity: ModeledFigure
    cash_or_capacity: ModeledFigure
    chosen: tuple[tuple[str, Action], ...]


@dataclass(frozen=True, slots=True)
class _Candidate:
    action: Action
    figure: ModeledFigure
    is_cash: bool

    @property
    def rank(self) -> tuple[bool, Fraction]:
        return self.is_cash, self.figure.usd.low + self.figure.usd.high


def total_of(definitions: Iterable[Alternatives]) -> Savings:
    """The best alternative of each compute definition, summed: cash before capacity, then the greater midpoint.

    Fixes and upgrades are capped at what the queries cost, switching the engine off (which ends the premium of idle time
    too) at the bill.
    """
    sums: dict[Uptime, list[ModeledFigure]] = {uptime: [] for uptime in Uptime}
    chosen: list[tuple[str, Action]] = []
    for definition in definitions:
        candidates = _candidates(definition)
        if not candidates:
            continue
        best = max(candidates, key=lambda candidate: candidate.rank)
        sums[Uptime.ELASTIC if best.is_cash else definition.uptime].append(best.figure)
        chosen.append((definition.compute_id, best.action))
    return Savings(
        cash=_sum(sums[Uptime.ELASTIC]),
        capacity=_sum(sums[Uptime.FIXED]),
        cash_or_capacity=_sum(sums[Uptime.UNKNOWN]),
        chosen=tuple(chosen),
    )


def per_30_days(figure: Figure, runs_per_day: Fraction) -> ModeledFigure:
    """``figure``, dollars of one run, over 30 days at the observed rate; exact, whatever it is rounded to when shown."""
    inputs = {
        "usd_per_run": range_text(figure.usd),
        "runs_per_day": number_text(runs_per_day),
        "days": str(_DAYS),
        "of": figure.formula,
    }
    return figure_of("per-30-days-1", inputs, figure.price_ids)


def _candidates(definition: Alternatives) -> list[_Candidate]:
    is_elastic = definition.uptime is Uptime.ELASTIC
    found = []
    if definition.engine is not None and definition.engine.action is Action.DISABLE:
        saving = definition.engine.saving
        if isinstance(saving, Figure):
            # Even on fixed uptime this is cash: the premium of hours that are billed anyway ends.
            found.append(_Candidate(Action.DISABLE, _sum([saving], definition.bill), is_cash=True))
    for action, figures in ((Action.FIX, definition.fixes), (Action.UPGRADE, definition.upgrades)):
        if figures:
            found.append(_Candidate(action, _sum(figures, definition.attributed), is_cash=is_elastic))
    return found


def _sum(figures: Iterable[Figure], cap: Figure | Unpriced | None = None) -> ModeledFigure:
    parts = list(figures)
    inputs = {f"part_{number}": range_text(figure.usd) for number, figure in enumerate(parts, start=1)}
    if isinstance(cap, Figure):
        inputs["cap"] = range_text(cap.usd)
    price_ids = tuple(dict.fromkeys(entry for figure in parts for entry in figure.price_ids))
    return figure_of("sum-1", inputs, price_ids)

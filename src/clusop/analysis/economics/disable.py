"""Whether to switch the engine off, per compute definition, over all its work in a window (DESIGN §6)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from clusop.analysis.assessment import Action, Proposal
from clusop.analysis.cluster import Uptime
from clusop.analysis.economics.exact_text import parse_range, range_text
from clusop.analysis.economics.formulas import UNPRICED, evaluate, figure_of
from clusop.analysis.economics.prior import ASSUMED_SPEEDUP
from clusop.analysis.economics.runs_needed import MEDIAN_NOISE, NOISY_NOISE, runs_needed
from clusop.analysis.economics.terms import dbu_inputs, hours_inputs, price_ids, vm_inputs
from clusop.pricing.price import Unpriced
from clusop.reasons import Reason
from clusop.units import Range

if TYPE_CHECKING:
    from clusop.analysis.economics.node_hours import NodeHours
    from clusop.analysis.economics.rates import Rates
    from clusop.analysis.figure import ModeledFigure

__all__ = [
    "EngineWindow",
    "History",
    "break_even_speedup",
    "disable_pays",
    "disable_saving",
    "engine_decision",
    "speedup_from_history",
]

_MIN_OBSERVED = Fraction(9, 10)
_FREE = frozenset({"no-premium", "serverless-no-premium"})
_MAX_OFF_ENGINE = Fraction(9, 10)


@dataclass(frozen=True, slots=True)
class History:
    """The same workload with and without the engine, input bytes within ±20 %: ``slowdown`` is R = T_off/T_on with its
    interval, ``noise`` the coefficient of variation between runs where it was measured.
    """

    slowdown: Range
    noise: Fraction | None = None


@dataclass(frozen=True, slots=True)
class EngineWindow:
    """All work of one compute definition in a window.

    ``total`` and ``busy`` are node-hours of its uptime and of what tasks used; ``off_engine_share`` is J_all, the share of
    busy time off the engine for whatever cause; ``observed_ratio`` how much of the window was seen; ``required_features`` what
    it uses that needs the engine (predictive I/O, dynamic file pruning in MERGE).
    """

    total: NodeHours
    busy: NodeHours
    off_engine_share: Range | Unpriced
    uptime: Uptime
    observed_ratio: Fraction = Fraction(1)
    required_features: tuple[str, ...] = ()
    history: History | None = None


def break_even_speedup(rates: Rates, hours: NodeHours) -> Range | Unpriced:
    """s* = (m·d + v)/(d + v): up to this speed-up a fully busy elastic cluster is cheaper without the engine.

    It equals 1 + (m − 1)·D/(D + V), which rises in m and D and falls in V: its ends lie on corners.
    """
    gap = _gap(rates, hours, needs_vm=True)
    if gap is not None or isinstance(rates.premium, Unpriced):
        return gap or Unpriced(Reason("no-premium"))
    inputs = hours_inputs(hours) | dbu_inputs(rates, hours, rates.premium) | vm_inputs(rates, hours)
    without = inputs | {"m": "1"}
    dbu = evaluate("total-1", without | {"vm_usd": UNPRICED})
    vm = evaluate("total-1", without | {"dbu_usd": UNPRICED})
    m = rates.premium.value
    if dbu.low + vm.low == 0:
        return Unpriced(Reason("no-time-no-price"))
    return Range(
        1 + (m.low - 1) * dbu.low / (dbu.low + vm.high),
        1 + (m.high - 1) * dbu.high / (dbu.high + vm.low),
    )


def disable_pays(speedup: Fraction, share: Fraction, break_even: Fraction) -> bool:
    """Fully busy elastic uptime: switching off pays iff s ≤ s* or J > (s − s*)/(s − 1)."""
    return speedup <= break_even or share > (speedup - break_even) / (speedup - 1)


def speedup_from_history(slowdown: Fraction, share: Fraction) -> Fraction | None:
    """The speed-up s = (R − J)/(1 − J), ``None`` from J = 0.9 on: there noise in R grows tenfold."""
    return (slowdown - share) / (1 - share) if share < _MAX_OFF_ENGINE else None


def disable_saving(rates: Rates, window: EngineWindow, speedup: Range = ASSUMED_SPEEDUP) -> ModeledFigure | Unpriced:
    """(m·d + v)·U − (d + v)·U_off over the window, jointly over m, tier, VM prices and ``speedup`` = s, or R from history.

    On fixed uptime whose idle time absorbs the slower work whatever s, VM dollars cancel and need not be known.
    """
    if isinstance(rates.premium, Unpriced):
        return rates.premium
    share = window.off_engine_share
    if isinstance(share, Unpriced):
        if window.history is None:
            return share
        share = Range.of(0, 1)  # unused: R holds whatever J was
    if not window.total.cluster_hours:
        return Unpriced(Reason("no-timeline"))
    needs_vm = not _is_absorbed(window, share, speedup)
    gap = _gap(rates, window.total, needs_vm=needs_vm)
    if gap is not None:
        return gap
    inputs = hours_inputs(window.total, "total_") | hours_inputs(window.busy, "busy_")
    inputs |= dbu_inputs(rates, window.total, rates.premium)
    vm_gap = rates.vm_gap(window.total)
    inputs |= vm_inputs(rates, window.total) if vm_gap is None else {"vm_usd": UNPRICED + vm_gap.reason.id}
    inputs["uptime"] = window.uptime.value
    if window.history is None:
        inputs |= {"J": range_text(share), "s": range_text(speedup)}
    else:
        inputs["slowdown"] = range_text(window.history.slowdown)
    break_even = break_even_speedup(rates, window.total)
    if isinstance(break_even, Range):
        inputs["break_even_speedup"] = range_text(break_even)
    return figure_of("disable-1", inputs, price_ids(rates, inputs))


def engine_decision(
    rates: Rates, window: EngineWindow, engine_title: str, speedup: Range = ASSUMED_SPEEDUP
) -> Proposal:
    """Switch the engine off for this compute, or keep it, and why.

    Off only if the *low* end over all of s, m, VM and tier is above 0; kept if the high end is not above 0; between, kept
    with ``cannot-tell`` and the number of runs that would settle it. A window seen to less than nine tenths and features that
    need the engine rule it out.
    """
    saving = disable_saving(rates, window, speedup)
    if window.required_features:
        reason = Reason("engine-required", ", ".join(window.required_features))
        return Proposal(Action.KEEP, f"Keep {engine_title}. {reason.sentence}", saving, (reason,))
    if window.observed_ratio < _MIN_OBSERVED:
        reason = Reason("window-not-observed")
        return Proposal(Action.KEEP, f"Keep {engine_title} for now. {reason.sentence}", saving, (reason,))
    if isinstance(saving, Unpriced):
        is_free = saving.reason.id in _FREE
        start = f"Keep {engine_title}." if is_free else f"Whether {engine_title} pays here cannot be told in dollars."
        sentence = f"{start} {saving.reason.sentence}"
        return Proposal(Action.KEEP, sentence, saving, (saving.reason,))
    uptime = (Reason("unknown-uptime"),) if window.uptime is Uptime.UNKNOWN else ()
    if saving.usd.low > 0:
        how = (
            "the cluster stays up anyway and its idle time takes the slower work"
            if window.uptime is Uptime.FIXED
            else "its premium costs more than its speed saves"
        )
        sentence = f"Switch {engine_title} off for this compute: {how}. {_slowdown_words(saving)}"
        return Proposal(Action.DISABLE, sentence, saving, uptime)
    if saving.usd.high <= 0:
        reason = Reason("below-break-even", _break_even_words(saving))
        return Proposal(Action.KEEP, f"Keep {engine_title}. {reason.sentence}", saving, (reason, *uptime))
    reason = Reason("cannot-tell", _runs_words(window.history))
    return Proposal(Action.KEEP, f"Keep {engine_title} for now. {reason.sentence}", saving, (reason, *uptime))


def _is_absorbed(window: EngineWindow, share: Range, speedup: Range) -> bool:
    """Whether a fixed cluster's idle time takes the slower work even at the worst end: then U_off = U and V cancels."""
    if window.uptime is not Uptime.FIXED:
        return False
    slowdowns = [j + (1 - j) * s for j in (share.low, share.high) for s in (speedup.low, speedup.high)]
    worst = max(slowdowns) if window.history is None else window.history.slowdown.high
    return worst * window.busy.cluster_hours <= window.total.cluster_hours


def _gap(rates: Rates, hours: NodeHours, *, needs_vm: bool) -> Unpriced | None:
    premium = replace(rates, multiplier=rates.premium)
    return premium.dbu_gap(hours) or (rates.vm_gap(hours) if needs_vm else None)


def _break_even_words(saving: ModeledFigure) -> str:
    shown = saving.inputs.get("break_even_speedup", "")
    if not shown:
        return ""
    ends = [f"{float(Fraction(end)):.2f}" for end in shown.split("..")]
    return f": the break-even is a speed-up of {' to '.join(dict.fromkeys(ends))}"


def _slowdown_words(saving: ModeledFigure) -> str:
    """What the people pay who wait: the worst slow-down the saving was judged at."""
    inputs = saving.inputs
    if "slowdown" in inputs:
        worst = parse_range("slowdown", inputs["slowdown"]).high
    else:
        share, speedup = parse_range("J", inputs["J"]), parse_range("s", inputs["s"])
        worst = max(j + (1 - j) * speedup.high for j in (share.low, share.high))
    return f"Its work may take up to {float(worst):.1f} times as long." if worst > 1 else "Its work takes no longer."


def _runs_words(history: History | None) -> str:
    if history is not None and history.noise is not None:
        return str(runs_needed(history.noise))
    return f"{runs_needed(MEDIAN_NOISE)} (where run times vary a lot, {runs_needed(NOISY_NOISE)})"

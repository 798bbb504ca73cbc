"""What cards say in words: places, formulas, inputs, shares of time, legs of confidence."""

from __future__ import annotations

import re
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from clusop.reasons import Advice, catalogue
from clusop.service.teams.amount_text import money, percent, plural
from clusop.service.teams.plain_text import plain

if TYPE_CHECKING:
    from clusop.service.teams.told import CardFacts, Leg, Place, Rate, Saving, Sighting

__all__ = [
    "BASES",
    "ENGINES",
    "PROJECTED",
    "advice_of",
    "bare",
    "formula_text",
    "gist",
    "input_label",
    "instant",
    "legs_text",
    "operator_text",
    "place_text",
    "rate_text",
    "saving_text",
    "share_text",
    "where",
]

_NAME_CHARS = 80
_HOLE = re.compile(r" +([.:,;])")
_HASH_SHOWN = 8
_S_MS = 1_000
ENGINES = {"photon": "Photon", "comet": "Comet", "gluten": "Gluten", "rapids": "RAPIDS"}
"""Names of engines for people."""
BASES = {
    "modeled": "Modeled: from list prices and measured times. A modeled amount was not read from a bill.",
    "derived": "Derived: billed DBUs, with an assumed premium.",
    "billed": "Billed: read from the bill.",
}
"""What a basis means. Bases of one kind (``billed-at-list``) begin with the same word."""
PROJECTED = "Per 30 days is a projection: what was seen in the last 30 days, carried on at its rate."
"""What every amount per 30 days in a message is; pages also show the last 30 days as they were."""
_FORMULAS = {
    "fix-1": "(multiplier × DBU dollars + machine dollars) × share off the engine × (1 − 1 ÷ speed-up)",
    "upgrade-1": "(multiplier × DBU dollars + machine dollars) × share off the engine × (1 − 1 ÷ certified speed-up)",
    "exposure-1": "(multiplier − 1) × DBU dollars without premium × share off the engine",
    "per-30-days-1": "dollars a run × runs a day × days",
}
_INPUT_LABELS = {
    "J": "share off the engine",
    "dbu_usd": "DBU dollars",
    "g": "speed-up of a repaired query",
    "m": "premium multiplier",
    "of": "formula of a run",
    "usd_per_dbu": "$ per DBU",
    "usd_per_run": "$ per run",
    "vm_usd": "machine dollars",
}
_INPUT_WORDS = (
    ("on_demand_worker", "on-demand worker"),
    ("node_hours", "node-hours"),
    ("dbu_per_hour", "DBU per hour"),
    ("vm_usd_per_hour", "machine $ per hour"),
)
_SHARES = {
    "measured": "of task time, measured",
    "profile": "of task time, from the query profile",
    "operators": "of task time, from operator metrics",
    "structure": "of operators; no times are known",
}
_LEG_NAMES = {"parse": "reading", "diagnosis": "cause", "cost": "dollars", "recommendation": "advice"}


def gist(cause: str) -> str:
    """A cause's sentence, without the hole for its detail; its id where this clusop does not know it."""
    return bare(cause) or f"{plain(cause, _NAME_CHARS)}."


def bare(reason_id: str) -> str:
    """The sentence of a reason whose detail is not told; ``""`` for one that this clusop does not know."""
    entry = catalogue().get(reason_id)
    return _HOLE.sub(r"\1", entry.sentence.replace("{detail}", "")) if entry else ""


def where(place: Place) -> str:
    """``job 42 · task load_orders · workspace 1234567890``; only ids and hashes, of which no name can be made."""
    parts = [place_text(place.workload)]
    parts += [f"task {plain(place.task_key, _NAME_CHARS)}"] if place.task_key else []
    parts += [f"workspace {plain(place.workspace, _NAME_CHARS)}"] if place.workspace else []
    return " · ".join(part for part in parts if part)


def place_text(workload: str) -> str:
    """``job:42`` as ``job 42``; the keyed hash of a name as ``workload 0123abcd``."""
    kind, _, key = workload.partition(":")
    if kind == "name":
        return f"workload {plain(key, _HASH_SHOWN).rstrip('…')}"
    return plain(f"{kind} {key}" if key else kind, _NAME_CHARS)


def instant(at_ms: int) -> str:
    """``2026-11-22 14:03 UTC``; a clock beyond all calendars as ``?``."""
    try:
        return datetime.fromtimestamp(at_ms / _S_MS, tz=timezone.utc).strftime("%Y-%m-%d %H:%M UTC")
    except (OverflowError, OSError, ValueError):
        return "?"


def formula_text(formula: str) -> str:
    """What a formula computes."""
    return _FORMULAS.get(formula, plain(formula, _NAME_CHARS))


def input_label(name: str) -> str:
    """``premium multiplier`` for ``m``, ``worker DBU per hour`` for ``worker_dbu_per_hour``."""
    label = _INPUT_LABELS.get(name, name)
    for identifier, words in _INPUT_WORDS:
        label = label.replace(identifier, words)
    return plain(label.replace("_", " "), _NAME_CHARS)


def share_text(sighting: Sighting) -> str:
    """``43 % of task time, measured``, or why it is not known."""
    if sighting.time_ratio is None:
        return bare(sighting.time_reason) or "not known"
    share = percent(sighting.time_ratio, is_upper_bound=sighting.is_upper_bound)
    return f"{share} {_SHARES.get(sighting.time_basis, plain(sighting.time_basis, _NAME_CHARS))}"


def operator_text(sighting: Sighting) -> str:
    """``BatchEvalPython (candidates: regexp_replace)``."""
    names = ", ".join(plain(name, _NAME_CHARS) for name in sighting.functions[:4])
    operator = plain(sighting.operator, _NAME_CHARS)
    return f"{operator} (candidates: {names})" if names else operator


def rate_text(rate: Rate) -> str:
    """``12 runs on 5 days within 9 days``, and that it is too early to go by it."""
    text = f"{plural(rate.runs, 'run')} on {plural(rate.days, 'day')} within {plural(rate.span_days, 'day')}"
    if not rate.is_known:
        text += "; too few to tell how often it comes, so the low end counts no more than these"
    if 0 < rate.unpriced_runs < rate.runs:
        text += f"; {rate.unpriced_runs:,} of them without a price"
    return text


def saving_text(savings: tuple[Saving, ...]) -> str:
    """``$38–113 (modeled) and $4 (modeled) of capacity``: the two are never added up."""
    told = []
    for saving in savings:
        text = f"{money(saving.per_30_days.usd)} ({saving.per_30_days.basis})"
        told.append(f"{text} of capacity" if saving.is_capacity else text)
    return " and ".join(told)


def legs_text(legs: tuple[Leg, ...]) -> str:
    """``advice 0.93 (high), reading 0.99 (high), …``."""
    return ", ".join(f"{_LEG_NAMES.get(leg.name, leg.name)} {leg.score:.2f} ({plain(leg.level, 10)})" for leg in legs)


def advice_of(facts: CardFacts) -> Advice:
    """What to do about the operator that left; empty where nothing is known."""
    entry = catalogue().get(facts.cause)
    operator = facts.sighting.operator if facts.sighting is not None else ""
    return entry.advice(operator) if entry is not None else Advice()

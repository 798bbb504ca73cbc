"""Formulas in words, by id, and the names of their inputs."""

from __future__ import annotations

__all__ = ["formula_text", "input_label"]

_BILL = "node-hours × (multiplier × DBU per hour × $ per DBU + machine price), driver and workers"
_TEXTS = {
    "attributed-1": f"{_BILL}; node-hours are the query's share of the cluster's, by task time over cores alive",
    "derived-exposure-1": "billed dollars of the share × (1 − 1 ÷ multiplier)",
    "exposure-1": "(multiplier − 1) × DBU dollars without premium × share off the engine",
    "fix-1": "(multiplier × DBU dollars + machine dollars) × share off the engine × (1 − 1 ÷ speed-up)",
    "upgrade-1": "(multiplier × DBU dollars + machine dollars) × share off the engine × (1 − 1 ÷ certified speed-up)",
    "disable-1": "cost with the engine − cost without it, whose busy time is longer by the engine's speed-up",
    "total-1": _BILL,
    "unused-1": f"{_BILL}; of the time no task ran",
    "unobserved-1": f"{_BILL}; of the time nobody saw",
    "non-sql-and-failed-1": f"{_BILL}; of jobs outside SQL and of failed work",
    "per-30-days-1": "dollars a run × runs a day × days",
    "sum-1": "the sum of its parts, no more than the cap",
}

_INPUT_LABELS = {
    "J": "share off the engine",
    "cap": "cap",
    "dbu_usd": "DBU dollars",
    "days": "days",
    "g": "speed-up of a repaired query",
    "m": "premium multiplier",
    "of": "formula of a run",
    "s": "the engine's speed-up",
    "slowdown": "slow-down without the engine, measured",
    "usd": "billed dollars of the share",
    "usd_per_dbu": "$ per DBU",
    "usd_per_run": "$ per run",
    "vm_usd": "machine dollars",
}
_WORDS = (
    ("on_demand_worker", "on-demand worker"),
    ("node_hours", "node-hours"),
    ("dbu_per_hour", "DBU per hour"),
    ("vm_usd_per_hour", "machine $ per hour"),
)


def input_label(name: str) -> str:
    """The input of a formula for people: ``premium multiplier`` for ``m``, ``worker DBU per hour``."""
    label = _INPUT_LABELS.get(name, name)
    for identifier, words in _WORDS:
        label = label.replace(identifier, words)
    return label.replace("_", " ")


def formula_text(formula: str) -> str:
    """What ``formula`` computes, one line; ``""`` where only its id is known."""
    return _TEXTS.get(formula, "")

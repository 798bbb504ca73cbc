"""Formulas in words, by id, and the names of their inputs."""

from __future__ import annotations

__all__ = ["formula_text"]

_BILL = "node-hours × (multiplier × DBU per hour × $ per DBU + machine price), driver and workers"
_TEXTS = {
    "attributed-1": f"{_BILL}; node-hours are the query's share of the cluster's, by task time over cores alive",
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


def formula_text(formula: str) -> str:
    """What ``formula`` computes, one line; ``""`` where only its id is known."""
    return _TEXTS.get(formula, "")

"""Judges what one run of ``matrix_scenario.py`` left: whether every step went as planned and the agent saw all of it, once.

Every execution that Spark's own store knows must be among the agent's rows exactly once, in every session and in both contexts,
with the fate of its step; nothing else may be there, but for the planning failure, which some Sparks leave out of their store.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Run", "problems_of"]

_CONTEXTS = 2
_FAILING_STEPS = frozenset({"fails", "is_cancelled", "fails_in_planning"})
_PLANNING = "fails_in_planning"

_LINKAGE = re.compile(
    r"\b(?:NoSuchMethodError|NoSuchFieldError|NoClassDefFoundError|AbstractMethodError|IncompatibleClassChangeError|VerifyError|"
    r"UnsupportedClassVersionError|BootstrapMethodError|ClassFormatError|IllegalAccessError|LinkageError|ClassCastException)\b"
)
_MOST_LINES = 5
_LINE_WIDTH = 300


@dataclass(frozen=True, slots=True)
class Run:
    """One version behind one door. ``result`` is what the scenario wrote, ``None`` where it wrote nothing."""

    version: str
    door: str
    due_doors: tuple[str, ...]
    """The doors that the agent must tell of; empty where nothing was to be armed."""
    result: dict[str, Any] | None
    printed: str
    exit_code: int
    seconds: float


def problems_of(run: Run) -> list[str]:
    """What is wrong with a run; empty where it passes."""
    tail = " / ".join(run.printed.strip().splitlines()[-4:])[-2 * _LINE_WIDTH :]
    if run.result is None:
        return [f"the scenario ended early: {tail}"]
    problems = [f"printed {line}" for line in _linkage_lines(run.printed)]
    contexts = run.result["contexts"]
    if len(contexts) < _CONTEXTS:
        problems.append(f"the second context did not end: {tail}")
    elif run.exit_code != 0:
        problems.append(f"the scenario ended with {run.exit_code}: {tail}")
    earlier: set[str] = set()
    for number, context in enumerate(contexts, 1):
        found = [f"{name} {outcome}" for name, outcome in context["steps"].items() if outcome != "ok"]
        if run.due_doors:
            found += _miscounted(context, earlier)
            found += _wrong_fates(context)
            found += _wrong_agent(context, run.due_doors)
        problems += [f"context {number}: {one}" for one in found]
        earlier |= {row["execution"] for row in context["rows"]}
    return problems


def _miscounted(context: dict[str, Any], earlier: set[str]) -> Iterator[str]:
    """Executions that the agent saw not at all, twice, or alone."""
    counted = Counter(row["execution"] for row in context["rows"])
    for execution, description in context["executions"].items():
        if counted[execution] != 1:
            yield f"execution {execution} ({description}) was seen {counted[execution]} times"
    alone = {row["execution"]: row for row in context["rows"]}
    for execution in context["executions"].keys() | earlier:
        alone.pop(execution, None)
    # Where the store has no execution of the planning failure, the agent must still have one, and only it.
    due = int(context["steps"].get(_PLANNING) == "ok" and not context["by_step"][_PLANNING])
    if len(alone) != due or any(counted[execution] != 1 for execution in alone):
        yield f"the agent alone saw {sorted(alone) or 'none'}, where {due or 'none'} was due"
    for execution, row in alone.items():
        if row["status"] != "failed":
            yield f"execution {execution}, known to the agent alone, is {row['status']}"


def _wrong_fates(context: dict[str, Any]) -> Iterator[str]:
    """Executions whose end the agent tells otherwise than the step that ran them."""
    fates = {row["execution"]: row["status"] for row in context["rows"]}
    for step, executions in context["by_step"].items():
        if context["steps"][step] != "ok":
            continue
        if not executions and step != _PLANNING:
            yield f"Spark saw no execution of {step}"
        due = "failed" if step in _FAILING_STEPS else "succeeded"
        for one in executions:
            if one in fates and fates[one] != due:
                yield f"execution {one} of {step} is {fates[one]}, {due} was due"


def _wrong_agent(context: dict[str, Any], due_doors: tuple[str, ...]) -> Iterator[str]:
    """What the agent tells of itself and should not."""
    status = context["status"]
    if sorted(status["doors"]) != sorted(due_doors):
        yield f"the doors are {status['doors']}, {list(due_doors)} were due"
    feeding = [one["app"] for one in status["contexts"] if one["state"] == "open"]
    if feeding != [context["app"]]:
        yield f"the open contexts are {feeding}, [{context['app']!r}] was due"
    queues = {one["queue"] for one in status["contexts"] if one["state"] == "open"} - {"own"}
    if queues:
        yield f"it sits on the bus queues {sorted(queues)}, not on its own"
    for key in ("breaker", "off", "errors", "losses", "problems"):
        if status[key]:
            yield f"its {key} is {status[key]}"


def _linkage_lines(printed: str) -> list[str]:
    found = [line.strip()[:_LINE_WIDTH] for line in printed.splitlines() if _LINKAGE.search(line)]
    return found[:_MOST_LINES]

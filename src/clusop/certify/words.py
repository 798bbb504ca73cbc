"""The words of a matrix as people read them, for the terminal, HTML and Markdown alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clusop.certify.cell import Fault, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable

    from clusop.certify.agreement import Agreement, Rate
    from clusop.certify.cell import Cell, Share
    from clusop.certify.matrix import AgentCheck, Matrix
    from clusop.certify.stamp import Stamp

__all__ = [
    "TIME_OFF",
    "agent_sentence",
    "agreement_sentences",
    "areas",
    "meanings",
    "operators_text",
    "outcome_text",
    "share_text",
    "stamp_text",
    "tally",
    "why_text",
]

_FAULTS = {
    Fault.ENGINE: "engine",
    Fault.FIXTURE: "fixture",
    Fault.TIME: "time limit",
    Fault.TOOL: "clusop",
}
_SAID_CHARS = 160
_MEANINGS = {
    Outcome.NATIVE: "all of it ran in the engine",
    Outcome.PARTIAL: "only light or row-reading work ran outside",
    Outcome.FALLBACK: "work that holds time ran outside; the causes say why",
    Outcome.JVM: "it ran, and no engine was on",
    Outcome.COMMAND: "it has no plan that an engine could run",
    Outcome.UNKNOWN: "what ran where could not be told; the reason says why",
    Outcome.NOT_RUN: "it needs what is not here; the reason says what",
}
_FAILURES = {
    Fault.ENGINE: "it fails with the engine on and succeeds with it off, or it took the JVM with it",
    Fault.FIXTURE: "it fails with the engine off too",
    Fault.TIME: "it did not end and was cancelled",
    Fault.TOOL: "it ran, and the agent told nothing of it",
}
TIME_OFF = "the share of task time in the stages of operators off the engine; ≤ marks an upper bound"
"""What stands in the last column."""


def outcome_text(cell: Cell) -> str:
    """The outcome, with whose failure it is."""
    return f"{cell.outcome.value}: {_FAULTS[cell.fault]}" if cell.fault is not Fault.NONE else cell.outcome.value


def why_text(cell: Cell) -> str:
    """The causes, with what the engine says; else the reason or the error."""
    if cell.outcome in {Outcome.FAILED, Outcome.NOT_RUN, Outcome.UNKNOWN}:
        return " ".join(part for part in (cell.reason, cell.error) if part)
    said = cell.witnesses.engine_says if cell.witnesses is not None else ()
    words = "; ".join(f"{operator}: {reason}" if operator else reason for operator, reason in said)
    short = words if len(words) <= _SAID_CHARS else f"{words[:_SAID_CHARS]}…"
    causes = ", ".join(cell.causes)
    return f"{causes} ({short})" if causes and short else causes


def operators_text(cell: Cell) -> str:
    """The operators off the engine, each with its number where it is not one."""
    return ", ".join(name if count == 1 else f"{count} {name}" for name, count in cell.operators)


def share_text(share: Share) -> str:
    """The share of task time off the engine, or why there is none; empty for what was not run."""
    if share.median is None:
        return share.why_not.replace("-", " ")
    bound = "≤ " if share.is_upper_bound else ""
    spread = "" if share.low == share.high else f" ({share.low or 0:.0%} to {share.high or 0:.0%})"
    return f"{bound}{share.median:.0%}{spread}"


def stamp_text(stamp: Stamp) -> str:
    """One line: on what it was made."""
    parts = [f"engine {stamp.engine} {stamp.engine_version}".strip()]
    parts += [f"DBR {stamp.dbr}"] if stamp.dbr else []
    parts += [f"image {stamp.image}"] if stamp.image else []
    parts += [f"Spark {stamp.spark}", f"Scala {stamp.scala}", f"Java {stamp.java}", f"Python {stamp.python}"]
    parts += [f"Delta {stamp.delta}"] if stamp.delta else []
    parts += [f"clusop {stamp.clusop}", f"{stamp.cores} cores", stamp.made_on]
    return " · ".join(part for part in parts if part)


def tally(cells: Iterable[Cell]) -> str:
    """How many of each outcome, the best first."""
    kept = list(cells)
    counts = [(outcome, sum(cell.outcome is outcome for cell in kept)) for outcome in Outcome]
    return ", ".join(f"{count} {outcome.value}" for outcome, count in counts if count)


def meanings(cells: Iterable[Cell]) -> list[tuple[str, str]]:
    """The outcomes that stand in these cells, the best first, with what each means."""
    kept = list(cells)
    told = {
        outcome_text(cell): cell
        for cell in sorted(kept, key=lambda cell: (list(Outcome).index(cell.outcome), cell.fault))
    }
    return [(text, _FAILURES.get(cell.fault) or _MEANINGS[cell.outcome]) for text, cell in told.items()]


def areas(matrix: Matrix) -> list[tuple[str, list[Cell]]]:
    """The cells by area, in the order of the run."""
    found: dict[str, list[Cell]] = {}
    for cell in matrix.cells:
        found.setdefault(cell.area, []).append(cell)
    return list(found.items())


def agreement_sentences(agreement: Agreement) -> list[str]:
    """Catch rate, false alarms, each disagreement, and of what nothing can be said."""
    if not agreement.caught.trials and not agreement.false_alarms.trials:
        return ["The engine gave no account of its own to hold the verdicts against."]
    lines = [
        "The verdict, with the engine's words withheld from the analysis, against the engine's own account of each fixture:",
        f"Caught {_rate(agreement.caught)} of what the engine says is off.",
        f"False alarms {_rate(agreement.false_alarms)} of what it calls wholly native.",
    ]
    for one in agreement.disagreements:
        says = "; ".join(f"{operator}: {reason}".strip(": ") for operator, reason in one.engine_says)
        if not says:
            says = "nothing is off" if one.kind == "false-alarm" else "that it did not run all it counts, and not why"
        why = one.explanation or "UNEXPLAINED"
        lines.append(f"{one.kind} {one.fixture}: clusop says {one.said}, the engine says {says.rstrip('.')}. {why}")
    if agreement.untold:
        lines.append(f"clusop does not know: {', '.join(agreement.untold)}.")
    if agreement.unheard:
        lines.append(f"The engine said nothing of {', '.join(agreement.unheard)}.")
    return lines


def agent_sentence(check: AgentCheck) -> str:
    """What the run shows of the agent itself."""
    once = f"{check.executions} executions finished, {check.counted} counted by the agent"
    if check.planless:
        once += f" ({check.planless} of them without a plan, of which Spark may keep nothing)"
    faults = [f"{check.untold} untold" if check.untold else "", f"{check.twice} told twice" if check.twice else ""]
    faults += [f"{count} lost ({reason})" for reason, count in check.losses.items()]
    faults += [f"{check.errors} errors of its own" if check.errors else ""]
    faults += ["the two numbers differ"] if not any(faults) and not check.is_whole else []
    said = ", ".join(fault for fault in faults if fault) or "each told exactly once, nothing lost"
    cost = ""
    if check.event_us is not None:
        mean = f"{check.event_us} µs on average over {check.events:,}, start included"
        cost = (
            f"; an event cost {mean}"
            if check.median_us is None
            else f"; an event cost {check.median_us} µs (median), {mean}"
        )
    return f"The agent: {once}; {said}{cost}."


def _rate(rate: Rate) -> str:
    low, high = rate.interval
    return f"{rate.successes} of {rate.trials} (95 % interval {low:.1%} to {high:.1%})"

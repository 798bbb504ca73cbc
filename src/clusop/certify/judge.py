"""From what was kept of a fixture's runs to its cell. Pure."""

from __future__ import annotations

import statistics
from collections import Counter
from typing import TYPE_CHECKING, Any

from clusop.certify.cell import Cell, Fault, Found, Outcome, RunTime, Share, Side, Witnesses
from clusop.certify.journal import GAVE_UP
from clusop.certify.photon_words import photon_words
from clusop.plan.kind import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from clusop.analysis.assessment import QueryAssessment
    from clusop.certify.workload import Workload

__all__ = ["COARSER_CAUSES", "cell_of", "worst_verdict"]

WORST_FIRST = ("fallback", "partial", "unknown", "native", "not-accelerated", "command")
COARSER_CAUSES = frozenset({"unexplained", "whole-plan-jvm"})
"""What may stand for a cause that only the live plan tells: a log may be less exact than the engine, never say otherwise."""

_OUTCOMES = {
    "fallback": Outcome.FALLBACK,
    "partial": Outcome.PARTIAL,
    "unknown": Outcome.UNKNOWN,
    "native": Outcome.NATIVE,
    "not-accelerated": Outcome.JVM,
    "command": Outcome.COMMAND,
}
_ON_THE_JVM = frozenset({Kind.JVM, Kind.PYTHON, Kind.ROW_SOURCE, Kind.ROW_EXCHANGE, Kind.TERMINAL, Kind.MARGINAL})
_SILENT = frozenset({Kind.WRAPPER, Kind.LOGICAL})
_PLAN_LINES = 200


def worst_verdict(verdicts: Iterable[str]) -> str:
    """The verdict that decides for several queries; ``""`` for none."""
    found = set(verdicts)
    return next((verdict for verdict in WORST_FIRST if verdict in found), "")


def cell_of(
    fixture: Workload, area: str, facts: Mapping[str, Any], reread: Mapping[int, QueryAssessment], engine: str
) -> Cell:
    """The cell of a fixture. ``facts`` are :func:`~clusop.certify.run_fixture.run_fixture`'s; ``reread`` holds every execution
    of its application as the analysis sees it without the engine's words.
    """
    runs: Sequence[Mapping[str, Any]] = facts["runs"]
    if not runs:
        return Cell(
            fixture.name,
            area,
            fixture.shows,
            Outcome.FAILED,
            *_death(facts["died"], engine),
        )
    last = runs[-1]
    theirs = [[one for one in run["executions"] if _is_of_the_user(one, reread)] for run in runs]
    witnesses = _witnesses(theirs, reread, engine)
    worst = _worst(theirs, reread)
    queries = [reread[one["id"]] for one in theirs[-1] if one["id"] in reread]
    error = last["set_up_error"] or last["error"]
    outcome, fault, reason = _outcome(fixture, facts, last, witnesses, theirs)
    return Cell(
        fixture=fixture.name,
        area=area,
        shows=fixture.shows,
        outcome=outcome,
        reason=reason,
        fault=fault,
        error=error,
        causes=witnesses.agent.causes if witnesses.agent else (),
        operators=_operators(queries),
        native_operators=sum(query.native_operator_count for query in queries),
        queries=len(theirs[-1]),
        findings=_found(theirs),
        share=_share(theirs, reread),
        run_time=_run_time(theirs, reread),
        plan=_plan(worst) if worst is not None else (),
        witnesses=witnesses,
        as_declared=_as_declared(fixture, witnesses, error) if engine == "comet" else None,
        disagreement=fixture.disagreement,
    )


def _death(code: int | str, engine: str) -> tuple[str, Fault]:
    if code == GAVE_UP:
        return "It neither ended within the limit nor could it be cancelled.", Fault.TIME
    what = "The driver ended" if code == "unknown" else f"The JVM ended with code {code}"
    return f"{what} while it ran, twice.", Fault.FIXTURE if engine == "none" else Fault.ENGINE


def _is_of_the_user(execution: Mapping[str, Any], reread: Mapping[int, QueryAssessment]) -> bool:
    row = execution["agent"]
    if row is not None:
        return bool(row["role"] != "internal")
    again = reread.get(execution["id"])
    return again is None or again.role.value != "internal"


def _outcome(
    fixture: Workload,
    facts: Mapping[str, Any],
    last: Mapping[str, Any],
    witnesses: Witnesses,
    theirs: Sequence[Sequence[Mapping[str, Any]]],
) -> tuple[Outcome, Fault, str]:
    if last["timed_out"]:
        return Outcome.FAILED, Fault.TIME, "It did not end within the limit and was cancelled."
    error = last["set_up_error"] or last["error"]
    if error and not fixture.fails:
        without = facts["without_engine"]
        if without is not None and not without["error"]:
            return Outcome.FAILED, Fault.ENGINE, "It fails with the engine on and succeeds with it off."
        off = "" if without is None else " with the engine off too"
        return Outcome.FAILED, Fault.FIXTURE, f"It fails{off}."
    untold = [one["id"] for run in theirs for one in run if one["agent"] is None and one["is_finished"]]
    if untold or witnesses.agent is None:
        what = f"{len(untold)} of its executions" if untold else "no execution"
        return (
            Outcome.FAILED,
            Fault.TOOL,
            f"It ran, and clusop's agent told nothing of {what}."
            if untold
            else ("It ran, and Spark kept no execution of it."),
        )
    rows = [one["agent"] for run in theirs for one in run]
    reasons = {reason for row in rows if row["verdict"] == witnesses.agent.verdict for reason in row["verdict_reasons"]}
    return _OUTCOMES[witnesses.agent.verdict], Fault.NONE, ", ".join(sorted(reasons))


def _witnesses(
    theirs: Sequence[Sequence[Mapping[str, Any]]], reread: Mapping[int, QueryAssessment], engine: str
) -> Witnesses:
    every = [one for run in theirs for one in run]
    rows = [one["agent"] for one in every if one["agent"] is not None]
    again = [reread[one["id"]] for one in every if one["id"] in reread]
    off: bool | None = None
    says: list[tuple[str, str]] = []
    for one in every:
        is_off, words = _by_the_engine(one, engine)
        off = is_off if off is None or is_off else off
        says += words
    return Witnesses(
        agent=_side([row["verdict"] for row in rows], (found["cause"] for row in rows for found in row["findings"])),
        masked=_side(
            [query.verdict.value for query in again], (found.cause for query in again for found in query.findings)
        ),
        engine_off=off,
        engine_says=tuple(sorted(set(says))),
    )


def _side(verdicts: Sequence[str], causes: Iterable[str]) -> Side | None:
    return Side(worst_verdict(verdicts), tuple(sorted(set(causes)))) if verdicts else None


def _by_the_engine(execution: Mapping[str, Any], engine: str) -> tuple[bool | None, list[tuple[str, str]]]:
    """Whether something of this execution is off the engine by the engine's own account, and what it says of it."""
    if engine == "photon":
        fully, sentences = photon_words(execution["plan"])
        return (None if fully is None else not fully), [("", sentence) for sentence in sentences]
    words = execution["engine_words"]
    if engine != "comet" or words is None or words["unavailable"] or words["eligible"] is None:
        return None, []
    pairs = [(str(operator), str(reason)) for operator, reason in words["reasons"]]
    return words["native"] < words["eligible"] or bool(pairs), pairs


def _worst(
    theirs: Sequence[Sequence[Mapping[str, Any]]], reread: Mapping[int, QueryAssessment]
) -> QueryAssessment | None:
    queries = [reread[one["id"]] for one in theirs[-1] if one["id"] in reread]
    worst = worst_verdict(query.verdict.value for query in queries)
    return next((query for query in queries if query.verdict.value == worst), None)


def _operators(queries: Sequence[QueryAssessment]) -> tuple[tuple[str, int], ...]:
    counted: Counter[str] = Counter()
    for query in queries:
        counted.update(dict(query.jvm_operators))
    return tuple(sorted(counted.items()))


def _share(theirs: Sequence[Sequence[Mapping[str, Any]]], reread: Mapping[int, QueryAssessment]) -> Share:
    shares: list[float] = []
    bases: set[str] = set()
    is_bound = False
    why = "no-times"
    for run in theirs:
        times = [(query, query.time) for one in run if (query := reread.get(one["id"])) is not None]
        run_ms = sum(time.run_ms or 0 for _, time in times)
        islands = [time.island_ms for _, time in times]
        if not run_ms or any(island is None for island in islands):
            why = next((reason.id for _, time in times for reason in time.reasons), why)
            continue
        shares.append(float(sum(island for island in islands if island is not None) / run_ms))
        bases |= {time.ratio_basis.value for _, time in times}
        is_bound |= any(finding.is_upper_bound for query, _ in times for finding in query.findings)
    if not shares:
        return Share(why_not=why)
    return Share(
        round(statistics.median(shares), 3),
        round(min(shares), 3),
        round(max(shares), 3),
        len(shares),
        "+".join(sorted(bases)),
        is_bound,
    )


def _found(theirs: Sequence[Sequence[Mapping[str, Any]]]) -> tuple[Found, ...]:
    found = {
        Found(one["cause"], one["operator"], tuple(sorted(one["functions"])))
        for run in theirs
        for execution in run
        if execution["agent"] is not None
        for one in execution["agent"]["findings"]
    }
    return tuple(sorted(found, key=lambda one: (one.cause, one.operator, one.functions)))


def _run_time(theirs: Sequence[Sequence[Mapping[str, Any]]], reread: Mapping[int, QueryAssessment]) -> RunTime | None:
    sums = []
    for run in theirs:
        times = [query.time.run_ms for one in run if (query := reread.get(one["id"])) is not None]
        if times and all(time is not None for time in times):
            sums.append(round(sum(time for time in times if time is not None)))
    return RunTime(min(sums), max(sums)) if sums else None


def _plan(query: QueryAssessment) -> tuple[str, ...]:
    """The worst graph, an operator a line, indented by two blanks a level."""
    lines: list[str] = []
    for judged in query.plans:
        plan = judged.reading.plan
        if plan is None:
            continue
        depth: list[int] = []
        for index, operator in enumerate(plan.operators):
            kind = judged.kinds[index]
            above = depth[operator.parent] if operator.parent >= 0 else 0
            depth.append(above + (kind not in _SILENT))
            if kind not in _SILENT:
                lines.append(f"{'!' if kind in _ON_THE_JVM else ' '} {'  ' * above}{operator.name}")
    more = len(lines) - _PLAN_LINES
    return tuple(lines) if more <= 0 else (*lines[:_PLAN_LINES], f"  … and {more} operators more")


def _as_declared(fixture: Workload, witnesses: Witnesses, error: str) -> bool:
    """The declared verdict, every declared cause named (or a coarser one in its place), and no other."""
    if witnesses.agent is None or bool(error) != fixture.fails_with("comet"):
        return False
    expected, said = fixture.expected, set(witnesses.agent.causes)
    named = set(expected.causes) <= said or bool(said & COARSER_CAUSES)
    astray = said - set(expected.causes) - set(expected.also) - (COARSER_CAUSES if expected.causes else set())
    return witnesses.agent.verdict == expected.verdict and named and not astray

"""The verdict on one plan: kinds, islands and what follows from them. Never dependent on time (DESIGN §4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from clusop.analysis.assessment import JudgedPlan, Verdict
from clusop.analysis.islands import island_numbers
from clusop.analysis.located import locate
from clusop.analysis.observed import EngineState, StageTimes
from clusop.plan.dialect import PLAIN_SPARK, classify
from clusop.plan.kind import Kind
from clusop.plan.node import ROOT
from clusop.plan.reading import ExplanationVerdict, Phase, PlanSource
from clusop.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Sequence

    from clusop.analysis.located import Located
    from clusop.analysis.observed import EngineFact, Observed
    from clusop.plan.dialect import Dialect
    from clusop.plan.node import Plan
    from clusop.plan.reading import PlanReading

__all__ = ["DAMAGE", "Judged", "is_jvm_work", "judge", "reading_to_judge", "worst"]

DAMAGE = frozenset({"truncated-top", "truncated-plan"})
"""Problems of a reading that may hide an operator."""

_RANK = {
    Verdict.FALLBACK: 5,
    Verdict.UNKNOWN: 4,
    Verdict.PARTIAL: 3,
    Verdict.NATIVE: 2,
    Verdict.NOT_ACCELERATED: 1,
    Verdict.COMMAND: 0,
}
_NO_WORK = frozenset({Kind.WRAPPER, Kind.COMMAND, Kind.LOGICAL, Kind.BOUNDARY})


@dataclass(frozen=True, slots=True)
class Judged:
    """A judged plan with where its operators ran."""

    plan: JudgedPlan
    located: Located | None


def worst(verdicts: Sequence[Verdict]) -> Verdict:
    """The verdict that counts for a query with several graphs."""
    return max(verdicts, key=lambda verdict: _RANK[verdict], default=Verdict.UNKNOWN)


def reading_to_judge(reading: PlanReading, text: PlanReading | None, engine: EngineFact) -> PlanReading:
    """The reading that shows what ran. A snapshot between re-plannings proves nothing under Photon; the text of the same
    moment still has the initial plan, and that is judged instead.
    """
    if reading.phase is not Phase.CURRENT or engine.name != "photon" or text is None or text.plan is None:
        return reading
    return text if text.phase in {Phase.FINAL, Phase.INITIAL, Phase.STATIC} else reading


def is_jvm_work(name: str, kind: Kind, spoken: Dialect) -> bool:
    """Whether the operator is JVM data work: JVM and Python operators and the JVM's own shuffles. An engine's own exchange
    that merely takes rows (CometColumnarExchange) is none.
    """
    if kind is Kind.ROW_EXCHANGE:
        return spoken.native_pattern is None or not spoken.native_pattern.match(name)
    return kind in {Kind.JVM, Kind.PYTHON, Kind.MARGINAL}


def judge(reading: PlanReading, observed: Observed, engine: EngineFact, spoken: Dialect) -> Judged:
    """Judge one graph of a run."""
    if reading.plan is None or not reading.plan.operators:
        reasons = reading.problems or (Reason("empty"),)
        return Judged(JudgedPlan(reading, (), (), (), Verdict.UNKNOWN, tuple(reasons)), None)
    plan = reading.plan
    kinds = classify(plan, spoken)
    located = locate(plan, kinds, observed.times.stages if isinstance(observed.times, StageTimes) else ())
    ran = located.ran
    doubtful = _doubtful(reading, plan, spoken)
    sure = tuple(one and not doubt for one, doubt in zip(ran, doubtful, strict=True)) if any(doubtful) else ran
    verdict, reasons = _verdict(reading, plan, kinds, ran, _Setting(engine, spoken, sure))
    if observed.events_dropped and verdict is not Verdict.FALLBACK:
        verdict, reasons = Verdict.UNKNOWN, (Reason("events-dropped"),)
    islands = (
        island_numbers(plan, kinds, sure) if verdict in {Verdict.FALLBACK, Verdict.PARTIAL} else (None,) * len(plan)
    )
    return Judged(JudgedPlan(reading, kinds, islands, ran, verdict, reasons), located)


@dataclass(frozen=True, slots=True)
class _Setting:
    """What a plan is judged by. ``sure[i]`` is false where an operator did not run here or its plan is not the final one."""

    engine: EngineFact
    spoken: Dialect
    sure: tuple[bool, ...]


def _verdict(
    reading: PlanReading, plan: Plan, kinds: Sequence[Kind], ran: Sequence[bool], setting: _Setting
) -> tuple[Verdict, tuple[Reason, ...]]:
    engine, spoken = setting.engine, setting.spoken
    native = Kind.NATIVE  # members of an Enum are slow to look up in Python 3.11
    physical = [index for index, kind in enumerate(kinds) if kind not in _NO_WORK and ran[index]]
    if not physical:
        return _without_work(reading, kinds)
    if engine.state is EngineState.OFF:
        reason = (
            Reason("no-engine") if engine.name in {"", PLAIN_SPARK} else Reason("engine-off", _bracket(engine.evidence))
        )
        return Verdict.NOT_ACCELERATED, (reason,)
    if engine.state is EngineState.UNKNOWN:
        return Verdict.UNKNOWN, (Reason("no-engine-evidence"), *_damage(reading))
    if reading.phase is Phase.CURRENT and spoken.id == "photon":
        return Verdict.UNKNOWN, (Reason("not-final"),)
    work = [
        index
        for index in physical
        if kinds[index] is not native and is_jvm_work(plan.operators[index].name, kinds[index], spoken)
    ]
    has_python = bool(spoken.arrow_boundaries) and any(kinds[index] is Kind.PYTHON for index in work)
    above = _above_wrappers(plan, kinds) if has_python else ()
    serious = [index for index in work if not _is_light(plan, kinds, index, spoken, above)]
    if any(setting.sure[index] for index in serious):
        return Verdict.FALLBACK, ()
    if serious:
        return Verdict.UNKNOWN, (Reason("not-final"),)
    damage = _damage(reading)
    if damage:
        return Verdict.UNKNOWN, damage
    if work:
        return Verdict.PARTIAL, ()
    if not any(kinds[index] is native for index in physical):
        return Verdict.NATIVE, (Reason("only-row-sources"),)
    return Verdict.NATIVE, ()


def _doubtful(reading: PlanReading, plan: Plan, spoken: Dialect) -> list[bool]:
    """Operators of a subquery whose own adaptive plan is not final, though the query's is: a snapshot, as Photon is concerned
    (a text shows the subquery's initial plan instead).
    """
    if spoken.id != "photon" or reading.source is not PlanSource.PLAN_INFO or reading.phase is not Phase.FINAL:
        return [False] * len(plan)
    doubtful = [
        name == "AdaptiveSparkPlan" and "isFinalPlan=false" in operator.arguments
        for name, operator in zip(plan.names, plan.operators, strict=True)
    ]
    if any(doubtful):
        for index, operator in enumerate(plan.operators):
            doubtful[index] = doubtful[index] or (operator.parent != ROOT and doubtful[operator.parent])
    return doubtful


def _without_work(reading: PlanReading, kinds: Sequence[Kind]) -> tuple[Verdict, tuple[Reason, ...]]:
    damage = _damage(reading)
    if any(kind in {Kind.COMMAND, Kind.LOGICAL} for kind in kinds):
        return Verdict.COMMAND, (Reason("command-only"),)
    if reading.explanation.verdict is ExplanationVerdict.COMMAND:
        return Verdict.COMMAND, (Reason("command-only"),)
    return Verdict.UNKNOWN, damage or (Reason("empty"),)


def _damage(reading: PlanReading) -> tuple[Reason, ...]:
    return tuple(problem for problem in reading.problems if problem.id in DAMAGE)


def _bracket(evidence: str) -> str:
    return f" ({evidence})" if evidence else ""


def _above_wrappers(plan: Plan, kinds: Sequence[Kind]) -> list[int]:
    """For each operator the nearest one above it that is no wrapper, or ``ROOT``."""
    wrapper = Kind.WRAPPER
    above: list[int] = []
    for operator in plan.operators:
        parent = operator.parent
        above.append(above[parent] if parent != ROOT and kinds[parent] is wrapper else parent)
    return above


def _is_light(plan: Plan, kinds: Sequence[Kind], index: int, spoken: Dialect, nearest: Sequence[int]) -> bool:
    """Work that leaves a query partial: a marginal operator at the root, or Python between native Arrow boundaries."""
    if kinds[index] is Kind.MARGINAL:
        return True
    if kinds[index] is not Kind.PYTHON or not spoken.arrow_boundaries:
        return False
    above = nearest[index]
    if above == ROOT or not _is_arrow(plan, above, spoken):
        return False
    below = _through_wrappers(plan, kinds, index)
    return bool(below) and all(_is_arrow(plan, child, spoken) for child in below)


def _is_arrow(plan: Plan, index: int, spoken: Dialect) -> bool:
    return plan.operators[index].name in spoken.arrow_boundaries


def _through_wrappers(plan: Plan, kinds: Sequence[Kind], index: int) -> list[int]:
    found: list[int] = []
    waiting = list(plan.data_children(index))
    while waiting:
        child = waiting.pop()
        if kinds[child] is Kind.WRAPPER:
            waiting.extend(plan.data_children(child))
        else:
            found.append(child)
    return found

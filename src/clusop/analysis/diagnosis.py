"""The diagnosis of one run: verdict, islands, causes and time. Everything but money."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, TypeAlias

from clusop.analysis.assessment import Finding, Island, JudgedPlan, RatioBasis, Role, TimeSplit, Verdict, Witness
from clusop.analysis.causes.find import find_causes
from clusop.analysis.engine import resolve_engine
from clusop.analysis.judge import is_jvm_work, judge, reading_to_judge, worst
from clusop.analysis.role import role_of
from clusop.analysis.timing import Timed, time_of
from clusop.plan.dialect import PLAIN_SPARK, dialect, dialect_ids
from clusop.plan.kind import Kind
from clusop.plan.reading import Explanation, ExplanationVerdict
from clusop.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Sequence

    from clusop.analysis.judge import Judged
    from clusop.analysis.observed import EngineFact, Observed
    from clusop.plan.dialect import Dialect
    from clusop.plan.reading import PlanReading

__all__ = ["Diagnosis", "diagnose"]

_SHARED_ISLAND = Reason("shared-island")
_Met: TypeAlias = "tuple[str, Kind, bool]"
"""An operator's name and kind, and whether it ran."""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What became of one run. ``explanation`` is what the engine's own explanation says, wherever it was read."""

    observed: Observed
    explanation: ExplanationVerdict
    engine: EngineFact
    dialect: Dialect
    role: Role
    verdict: Verdict
    verdict_reasons: tuple[Reason, ...]
    plans: tuple[JudgedPlan, ...]
    native_operator_count: int
    jvm_operators: tuple[tuple[str, int], ...]
    new_native_names: tuple[str, ...]
    islands: tuple[Island, ...]
    findings: tuple[Finding, ...]
    time: TimeSplit


def diagnose(observed: Observed, *, native_time_seen: bool = False) -> Diagnosis:
    """Diagnose one run. ``native_time_seen``: the engine's task accumulable occurs somewhere in the same application."""
    engine = resolve_engine(observed)
    spoken = dialect(engine.name if engine.name in dialect_ids() else PLAIN_SPARK)
    readings = [reading_to_judge(reading, observed.text, engine) for reading in observed.readings]
    judged = [judge(reading, observed, engine, spoken) for reading in readings]
    plans = tuple(one.plan for one in judged)
    verdict = worst([plan.verdict for plan in plans])
    explanation = _explanation(observed)
    findings = [
        finding
        for graph, plan in enumerate(plans)
        for finding in find_causes(plan, graph, spoken, _explanation_of(plan, explanation), observed.engine_words)
    ]
    timed = time_of(observed, judged, spoken, native_time_seen=native_time_seen)
    numbered, islands = _renumber(timed.islands, findings)
    met = _met_in(plans)
    return Diagnosis(
        observed=observed,
        explanation=explanation.verdict,
        engine=engine,
        dialect=spoken,
        role=role_of(plans, [observed.text.plan] if observed.text is not None else [], verdict),
        verdict=verdict,
        verdict_reasons=_verdict_reasons(plans, verdict, explanation)
        if plans
        else observed.problems or (Reason("empty"),),
        plans=plans,
        native_operator_count=_count_native(met),
        jvm_operators=_count_jvm(met, spoken),
        new_native_names=_new_names(plans, met, spoken),
        islands=islands,
        findings=tuple(_with_time(finding, islands, timed, judged) for finding in _shared(numbered)),
        time=timed.split,
    )


def _explanation(observed: Observed) -> Explanation:
    readings: list[PlanReading] = list(observed.readings)
    if observed.text is not None:
        readings.append(observed.text)
    for reading in readings:
        if reading.explanation.verdict is not ExplanationVerdict.ABSENT:
            return reading.explanation
    return Explanation(ExplanationVerdict.ABSENT)


def _explanation_of(plan: JudgedPlan, shared: Explanation) -> Explanation:
    own = plan.reading.explanation
    if own.verdict is ExplanationVerdict.ABSENT:
        return shared
    return own


def _verdict_reasons(plans: Sequence[JudgedPlan], verdict: Verdict, explanation: Explanation) -> tuple[Reason, ...]:
    reasons = dict.fromkeys(reason for plan in plans if plan.verdict is verdict for reason in plan.reasons)
    if verdict is Verdict.NATIVE and explanation.verdict is ExplanationVerdict.NOT_FULLY:
        named = "; ".join(dict.fromkeys(block.subject.split(" ")[0] for block in explanation.blocks if block.subject))
        reasons[Reason("explanation-disagrees", f"it names {named or 'a part'}, which costs nothing here.")] = None
    return tuple(reasons)


def _met_in(plans: Sequence[JudgedPlan]) -> Counter[_Met]:
    """How often each operator occurs: plans repeat few of them often."""
    met: Counter[_Met] = Counter()
    for plan in plans:
        tree = plan.reading.plan
        if tree is not None:
            met.update(zip(tree.names, plan.kinds, plan.ran, strict=True))
    return met


def _count_native(met: Counter[_Met]) -> int:
    return sum(count for (_, kind, ran), count in met.items() if kind is Kind.NATIVE and ran)


def _count_jvm(met: Counter[_Met], spoken: Dialect) -> tuple[tuple[str, int], ...]:
    counts: Counter[str] = Counter()
    for (name, kind, ran), count in met.items():
        if ran and is_jvm_work(name, kind, spoken):
            counts[name] += count
    return tuple(sorted(counts.items(), key=lambda entry: (-entry[1], entry[0])))


def _new_names(plans: Sequence[JudgedPlan], met: Counter[_Met], spoken: Dialect) -> tuple[str, ...]:
    found = {name for name, kind, _ in met if kind is Kind.NATIVE and spoken.is_new(name)}
    if not found:
        return ()
    new: set[str] = set()
    for plan in plans:
        tree = plan.reading.plan
        if tree is not None:
            # What a profile flags as native is no guess by the name.
            unflagged = {
                (o.name, k) for o, k in zip(tree.operators, plan.kinds, strict=True) if o.flagged_native is None
            }
            new.update(name for name in found if (name, Kind.NATIVE) in unflagged)
    return tuple(sorted(new))


def _renumber(islands: Sequence[Island], findings: Sequence[Finding]) -> tuple[list[Finding], tuple[Island, ...]]:
    """Number islands through all graphs, so that a number means one island in the whole query."""
    numbers = {(island.graph, island.number): new for new, island in enumerate(islands)}
    renumbered = tuple(replace(island, number=numbers[island.graph, island.number]) for island in islands)
    own = [
        replace(finding, island=numbers.get((finding.graph, finding.island))) if finding.island is not None else finding
        for finding in findings
    ]
    return own, renumbered


def _shared(findings: list[Finding]) -> list[tuple[Finding, Fraction]]:
    """Each finding with its share of its island: by operators, where several causes share one."""
    totals: Counter[int] = Counter()
    for finding in findings:
        if finding.island is not None:
            totals[finding.island] += finding.operator_count
    return [
        (
            finding,
            Fraction(finding.operator_count, totals[finding.island]) if finding.island is not None else Fraction(1),
        )
        for finding in findings
    ]


def _with_time(
    shared: tuple[Finding, Fraction], islands: Sequence[Island], timed: Timed, judged: Sequence[Judged]
) -> Finding:
    """A finding with its share of the query's run time, or the reason why there is none."""
    finding, share = shared
    run_ms, basis = timed.split.run_ms, timed.split.ratio_basis
    if run_ms is None:
        return replace(finding, time_reason=_first_reason(timed.split), ratio_basis=RatioBasis.STRUCTURE)
    if run_ms == 0:
        return replace(finding, time_reason=Reason("no-tasks"), ratio_basis=basis)
    if finding.island is None:
        return _off_island(finding, timed, judged, run_ms)
    island = islands[finding.island]
    if island.time_ms is None:
        return replace(finding, time_reason=island.time_reason, ratio_basis=basis)
    # Accumulators updated in this execution are the third witness that the operator worked here.
    measured = (Witness.METRICS,) if island.stage_ids and island.time_ms else ()
    if island.is_upper_bound:
        share = Fraction(1)  # part of a bound is no bound
    return replace(
        finding,
        witnesses=(*finding.witnesses, *measured),
        time_ratio=island.time_ms * share / run_ms,
        time_reason=_SHARED_ISLAND if share != 1 else None,
        ratio_basis=basis,
        is_upper_bound=island.is_upper_bound,
    )


def _off_island(finding: Finding, timed: Timed, judged: Sequence[Judged], run_ms: Fraction) -> Finding:
    """Time of a row source or a lone exchange: its stages' time off the engine, shared by what else ran there on the JVM."""
    observed_stages = timed.row_source_stage_ids
    located = judged[finding.graph].located
    stages = set(located.stages[finding.index]) if located is not None else set()
    if stages & timed.island_stage_ids:
        return replace(finding, time_reason=Reason("counted-with-island"), ratio_basis=timed.split.ratio_basis)
    if timed.row_source_ms is None or not stages & observed_stages:
        return replace(finding, time_reason=Reason("island-not-located"), ratio_basis=timed.split.ratio_basis)
    return replace(
        finding, time_ratio=timed.row_source_ms / run_ms, ratio_basis=timed.split.ratio_basis, is_upper_bound=True
    )


def _first_reason(split: TimeSplit) -> Reason:
    return split.reasons[0] if split.reasons else Reason("no-times")

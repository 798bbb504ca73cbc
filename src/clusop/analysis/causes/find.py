"""Findings of one graph: where operators left the engine and why, from the structure and the engine's own words.

The cause sits at the lowest operator of an island; what stands above it inherits (a JVM partial aggregate forces its final
one). An operator that could never be native (a UDF, an object operator) is a cause of its own wherever it stands.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from clusop.analysis.assessment import Finding, Verdict, Witness
from clusop.analysis.causes.blame import Blame
from clusop.analysis.causes.engine_words import EngineCause, engine_causes
from clusop.analysis.causes.functions import is_built_in
from clusop.analysis.causes.structure import StructuralCause, inherent_cause, structural_cause
from clusop.analysis.islands import BRIDGES, lowest_by_island
from clusop.analysis.judge import is_jvm_work
from clusop.plan.kind import Kind
from clusop.plan.node import ROOT, Link
from clusop.plan.reading import ExplanationVerdict
from clusop.reasons import Reason

if TYPE_CHECKING:
    from clusop.analysis.assessment import JudgedPlan
    from clusop.plan.dialect import Dialect
    from clusop.plan.node import Plan
    from clusop.plan.reading import Explanation

__all__ = ["find_causes"]

_QUIET_SOURCES = frozenset({"LocalTableScan", "Range", "EmptyRelation", "Scan OneRowRelation"})
_SEVERAL_INPUTS = frozenset({"BroadcastHashJoin", "ShuffledHashJoin", "SortMergeJoin", "Union"})
_ON_ENGINE = frozenset({Kind.NATIVE, Kind.LOGICAL})
_GUESSES = frozenset({"unexplained", "unsupported-operator", "whole-plan-jvm"})
_EXACT = frozenset(
    {
        "cached-table",
        "delta-feature",
        "pandas-udf",
        "python-udf",
        "rdd-or-dataset-api",
        "scala-udf",
        "stateful-streaming",
    }
)
"""Causes that an operator's name or arguments prove."""


@dataclass(frozen=True, slots=True)
class _Graph:
    """What all steps look at: one judged graph and what the engine says of it."""

    number: int
    plan: Plan
    judged: JudgedPlan
    spoken: Dialect
    explanation: Explanation
    engine: tuple[EngineCause, ...]


@dataclass(slots=True)
class _Draft:
    index: int
    cause: str
    detail: str = ""
    functions: dict[str, None] = field(default_factory=dict)
    says: str = ""
    witnesses: tuple[Witness, ...] = ()
    disagreement: Reason | None = None
    inherited: list[int] = field(default_factory=list)


def find_causes(
    judged: JudgedPlan,
    graph: int,
    spoken: Dialect,
    explanation: Explanation,
    live_words: tuple[tuple[str, str], ...] = (),
) -> tuple[Finding, ...]:
    """All findings of one judged graph, islands first, row sources last. ``explanation`` is the engine's, wherever it was
    read; ``live_words`` its reasons on the live plan.
    """
    plan = judged.reading.plan
    if plan is None or judged.verdict not in {Verdict.FALLBACK, Verdict.PARTIAL, Verdict.NATIVE}:
        return ()
    outside = [i for i, kind in enumerate(judged.kinds) if judged.ran[i] and kind not in _ON_ENGINE]
    engine = engine_causes(plan, explanation, live_words, outside)
    shown = _Graph(graph, plan, judged, spoken, explanation, engine)
    islands = _island_findings(shown)
    claimed = frozenset(finding.operator for finding in islands)
    return (*islands, *_lone_exchanges(shown), *_row_sources(shown, claimed))


def _island_findings(graph: _Graph) -> list[Finding]:
    judged = graph.judged
    has_native = any(kind is Kind.NATIVE and ran for kind, ran in zip(judged.kinds, judged.ran, strict=True))
    lowest = lowest_by_island(graph.plan, judged.kinds, judged.island_of)
    members: dict[int, list[int]] = {}
    for index, number in enumerate(judged.island_of):
        if number is not None:
            members.setdefault(number, []).append(index)
    chosen: dict[int, list[_Draft]] = {}
    named = {entry.index: entry for entry in graph.engine if entry.index is not None and not entry.is_symptom}
    blame = Blame(graph.plan, judged, frozenset(named))
    for number, inside in members.items():
        blamed = frozenset(blame.of(index) for index in lowest[number])
        drafts = _island_drafts(graph, inside, blamed, named)
        is_open = all(draft.cause in _GUESSES for draft in drafts)
        held_back = _held_back(graph, inside, lowest[number], named) if is_open else None
        if held_back is not None:
            drafts = [held_back]
        elif not has_native and all(draft.cause in _GUESSES for draft in drafts):
            drafts = [_whole_plan(drafts[0], inside)]
        chosen[number] = drafts
    _inherit(graph.plan, judged, chosen)
    return [_finished(draft, graph, number) for number, drafts in chosen.items() for draft in drafts]


def _island_drafts(
    graph: _Graph, inside: list[int], blamed: frozenset[int], named: dict[int, EngineCause]
) -> list[_Draft]:
    plan, judged = graph.plan, graph.judged
    drafts: dict[str, _Draft] = {}
    order = sorted(inside, key=lambda index: (index not in blamed, -plan.depths[index], index))
    for index in order:
        operator, kind = plan.operators[index], judged.kinds[index]
        by_structure = (
            structural_cause(operator, kind, graph.spoken)
            if index in blamed
            else inherent_cause(operator, kind, graph.spoken)
        )
        draft = _draft(index, by_structure, _exact(by_structure, named.get(index), graph.spoken))
        if draft is None:
            continue
        known = drafts.get(draft.cause)
        if known is None:
            drafts[draft.cause] = draft
        else:
            known.inherited.append(index)
            known.says = known.says or draft.says
            known.functions.update(draft.functions)
    found = list(drafts.values())
    return [draft for draft in found if draft.cause != "unexplained"] or found


def _held_back(
    graph: _Graph, inside: list[int], lowest: tuple[int, ...], named: dict[int, EngineCause]
) -> _Draft | None:
    """The row source that keeps a whole island on the JVM, where the engine takes no rows over and nothing else explains it."""
    if not graph.spoken.row_sources_hold_back or any(
        graph.plan.operators[index].name in graph.spoken.never_native for index in inside
    ):
        return None
    sources: list[int] = []
    for index in lowest:
        below = _below(graph, index)
        rows = [child for child in below if graph.judged.kinds[child] is Kind.ROW_SOURCE]
        # One input of a join is enough, unless the engine itself says what is wrong with the join.
        is_enough = graph.plan.operators[index].name in _SEVERAL_INPUTS and index not in named
        if not rows or not (is_enough or len(rows) == len(below)):
            return None
        sources += rows
    cause = "cached-table" if graph.plan.operators[sources[0]].name == "InMemoryTableScan" else "row-source"
    return _Draft(sources[0], cause, witnesses=(Witness.STRUCTURE,), inherited=list(inside))


def _below(graph: _Graph, index: int) -> list[int]:
    """What an operator reads, seen through boundaries, wrappers and exchanges."""
    found: list[int] = []
    waiting = list(graph.plan.data_children(index))
    while waiting:
        child = waiting.pop()
        if graph.judged.kinds[child] in BRIDGES:
            waiting.extend(graph.plan.data_children(child))
        else:
            found.append(child)
    return found


def _exact(by_structure: StructuralCause | None, by_engine: EngineCause | None, spoken: Dialect) -> EngineCause | None:
    """The engine's words with the cause the operator shows, where they say less: "not supported" of a pandas or stateful
    operator, or, from an engine that has no functions of its own, of a Hive or named Scala UDF as of any expression. Where it
    names a function that Spark has, that is what keeps it out.
    """
    if by_engine is None or by_structure is None or by_structure.cause not in _EXACT:
        return by_engine
    says_less = by_engine.cause == "unsupported-operator" or (
        (by_structure.cause, by_engine.cause) == ("scala-udf", "unsupported-expression")
        and not spoken.has_vendor_functions
        and not any(is_built_in(function) for function in by_engine.functions)
    )
    return replace(by_engine, cause=by_structure.cause, detail=by_structure.detail) if says_less else by_engine


def _draft(index: int, by_structure: StructuralCause | None, by_engine: EngineCause | None) -> _Draft | None:
    """What the witnesses say of one operator together; ``None`` where neither says anything."""
    if by_engine is None:
        if by_structure is None:
            return None
        functions = dict.fromkeys(by_structure.functions)
        return _Draft(index, by_structure.cause, by_structure.detail, functions, "", (Witness.STRUCTURE,))
    functions = dict.fromkeys(by_engine.functions or (by_structure.functions if by_structure else ()))
    draft = _Draft(index, by_engine.cause, by_engine.detail, functions, by_engine.says, (Witness.ENGINE,))
    if by_structure is None or by_structure.cause in _GUESSES - {by_engine.cause}:
        return draft
    if by_structure.cause == by_engine.cause:
        draft.witnesses = (Witness.STRUCTURE, Witness.ENGINE)
    else:
        draft.disagreement = Reason(
            "explanation-disagrees",
            f"the engine names {by_engine.cause}, the operator looks like {by_structure.cause}.",
        )
    return draft


def _inherit(plan: Plan, judged: JudgedPlan, chosen: dict[int, list[_Draft]]) -> None:
    """Give every other member of an island to the cause below it, else to the island's first cause. One pass for all."""
    if not chosen:
        return
    own: list[_Draft | None] = [None] * len(plan)
    for drafts in chosen.values():
        for draft in drafts:
            own[draft.index] = draft
    taken = {index for drafts in chosen.values() for draft in drafts for index in (draft.index, *draft.inherited)}
    owner: list[_Draft | None] = [None] * len(plan)
    for index in range(len(plan) - 1, -1, -1):
        below = owner[index]
        carried = own[index] or below
        if carried is not None:
            operator = plan.operators[index]
            if operator.parent != ROOT and operator.link is Link.CHILD and owner[operator.parent] is None:
                owner[operator.parent] = carried
        number = judged.island_of[index]
        if number is None or index in taken:
            continue
        inherits = below if below is not None and judged.island_of[below.index] == number else chosen[number][0]
        inherits.inherited.append(index)


def _whole_plan(first: _Draft, inside: list[int]) -> _Draft:
    rest = [index for index in inside if index != first.index]
    return _Draft(first.index, "whole-plan-jvm", "", first.functions, first.says, (Witness.STRUCTURE,), None, rest)


def _finished(draft: _Draft, graph: _Graph, island: int | None, *, is_source: bool = False) -> Finding:
    disagreement = draft.disagreement
    # Python work is a known blind spot of the explanation and a row source none of its business: no contradiction.
    is_silent = is_source or draft.cause in {"python-udf", "pandas-udf", "marginal-operator"}
    if graph.explanation.verdict is ExplanationVerdict.FULLY and not is_silent and disagreement is None:
        disagreement = Reason("explanation-disagrees", "the engine calls the query fully supported.")
    return Finding(
        cause=draft.cause,
        operator=graph.plan.operators[draft.index].name,
        graph=graph.number,
        index=draft.index,
        detail=Reason(draft.cause, draft.detail).sentence,
        island=island,
        functions=tuple(draft.functions),
        engine_says=draft.says,
        witnesses=draft.witnesses,
        disagreement=disagreement,
        inherited=tuple(sorted(draft.inherited)),
    )


def _lone_exchanges(graph: _Graph) -> list[Finding]:
    """The JVM's own shuffles that stand between native operators only."""
    plan, judged = graph.plan, graph.judged
    if judged.verdict is not Verdict.FALLBACK or Kind.ROW_EXCHANGE not in judged.kinds:
        return []
    exchanges = [
        index
        for index, kind in enumerate(judged.kinds)
        if kind is Kind.ROW_EXCHANGE
        and judged.ran[index]
        and is_jvm_work(plan.operators[index].name, kind, graph.spoken)
    ]
    if not exchanges:
        return []
    near = _next_to_island(plan, judged)
    said = {entry.index: entry.says for entry in graph.engine if entry.index is not None}
    return [
        _finished(
            _Draft(index, "row-round-trip", says=said.get(index, ""), witnesses=(Witness.STRUCTURE,)), graph, None
        )
        for index in exchanges
        if not near[index]
    ]


def _next_to_island(plan: Plan, judged: JudgedPlan) -> list[bool]:
    """Whether an operator is a bridge that leads to an island, up or down."""
    count = len(plan.operators)
    bridge = [kind in BRIDGES for kind in judged.kinds]
    up = [False] * count
    down = [number is not None for number in judged.island_of]
    for index, operator in enumerate(plan.operators):
        if operator.parent != ROOT and operator.link is Link.CHILD:
            parent = operator.parent
            up[index] = judged.island_of[parent] is not None or (bridge[parent] and up[parent])
    for index in range(count - 1, 0, -1):
        operator = plan.operators[index]
        if operator.parent != ROOT and operator.link is Link.CHILD and down[index] and bridge[operator.parent]:
            down[operator.parent] = True
    return [one or other for one, other in zip(up, down, strict=True)]


def _row_sources(graph: _Graph, claimed: frozenset[str]) -> list[Finding]:
    """One finding per kind of row source that explains no island: named apart, never a fallback."""
    groups: dict[str, _Draft] = {}
    if Kind.ROW_SOURCE not in graph.judged.kinds:
        return []
    for index, kind in enumerate(graph.judged.kinds):
        if kind is not Kind.ROW_SOURCE or not graph.judged.ran[index]:
            continue
        name = graph.plan.operators[index].name
        if name in _QUIET_SOURCES or name in claimed:
            continue
        draft = groups.get(name)
        if draft is None:
            cause = "cached-table" if name == "InMemoryTableScan" else "row-source"
            groups[name] = _Draft(index, cause, witnesses=(Witness.STRUCTURE,))
        else:
            draft.inherited.append(index)
    return [_finished(draft, graph, None, is_source=True) for draft in groups.values()]

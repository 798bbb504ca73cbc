"""Read SparkPlanInfo JSON, as Spark writes it into event logs and shows it live, into a plan.

Spark builds it from the executed plan: ``children ++ subqueries`` in one list, the plan that filled a cache below the scan
of the cache, the reused subtree below ReusedExchange and ReusedSubquery once more (on Databricks; open-source Spark only
for ReusedSubquery). WholeStageCodegen and InputAdapter are nodes there and scopes here.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeAlias

from clusop.plan.json_text import JsonTextError, clean_text, decode_json
from clusop.plan.naming import codegen_number
from clusop.plan.node import ROOT, Codegen, Link, Plan, quick_operator
from clusop.plan.plan_info_entry import CACHE_SCAN, entry_metrics, entry_name
from clusop.plan.reading import Phase, PlanReading, PlanSource
from clusop.plan.reuse import Occurrence, kept_occurrences
from clusop.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from clusop.plan.node import Metric, Operator

__all__ = [
    "MAX_DEPTH",
    "MAX_OPERATORS",
    "is_subquery_name",
    "looks_like_plan_info",
    "read_plan_info",
    "read_plan_info_json",
]

MAX_OPERATORS = 100_000
MAX_DEPTH = 10_000
_UNNAMED = "Unknown"
_SUBQUERY_ENDS = ("Subquery", "SubqueryBroadcast", "SubqueryAdaptiveBroadcast")
_FINAL, _NOT_FINAL = "isFinalPlan=true", "isFinalPlan=false"
_SCOPES = frozenset({"WholeStageCodegen", "InputAdapter", "InMemoryRelation"})
_REUSES = frozenset({"ReusedExchange", "ReusedSubquery"})
_CODEGEN_ENDS = ("Exchange", "QueryStage", "InMemoryTableScan")
_ADAPTIVE = "AdaptiveSparkPlan"
# Members of an Enum are slow to look up in Python 3.11, and these are asked for at every node.
_CHILD, _SUBQUERY, _CACHED = Link.CHILD, Link.SUBQUERY, Link.CACHED
_TOP = (ROOT, _CHILD, None, 0, 0, _CHILD)


def is_subquery_name(name: str) -> bool:
    """Whether an operator of this canonical name holds a subquery of the operator above it."""
    return name.endswith(_SUBQUERY_ENDS)


def looks_like_plan_info(document: object) -> bool:
    """Whether a JSON value is a SparkPlanInfo (or an event that carries one)."""
    info = _unwrap(document)
    return isinstance(info, dict) and isinstance(info.get("nodeName"), str) and "simpleString" in info


def read_plan_info_json(data: bytes | str, *, phase_hint: Phase | None = None) -> PlanReading:
    """Read SparkPlanInfo from JSON text. Never raises: what is no JSON is ``unreadable``."""
    try:
        info = decode_json(data)
    except JsonTextError as error:
        # The decoder's own words change from one Python to the next, and Scala has others.
        return _unread("too-large", f": {error}") if error.too_large else _unread("unreadable", ": no JSON")
    return read_plan_info(info, phase_hint=phase_hint)


def read_plan_info(
    info: object, *, phase_hint: Phase | None = None, tick: Callable[[int], None] | None = None
) -> PlanReading:
    """Read a SparkPlanInfo (decoded JSON) into a plan; any value gives a reading, none an exception.

    Below a reuse an operator is kept only if an accumulator of it was seen nowhere else (DESIGN §4). Subqueries stand before
    the other children of an operator, as Spark prints them. ``phase_hint`` says what a plan is that is not final (the plan
    of a start event is :attr:`Phase.INITIAL`); without it such a plan is :attr:`Phase.CURRENT`. A plan without adaptive
    execution is always :attr:`Phase.STATIC`, one that says it is final :attr:`Phase.FINAL`. ``tick`` is told the steps taken.
    """
    info = _unwrap(info)
    if not isinstance(info, dict) or not isinstance(info.get("nodeName", info.get("simpleString")), str):
        return _unread("unreadable", ": no SparkPlanInfo (a JSON object with nodeName and children)")
    walk = _Walk()
    refusal = walk.run(info)
    reading = _unread("too-large", refusal) if refusal else walk.reading(phase_hint)
    if tick is not None:
        tick(walk.steps)
    return reading


def _unwrap(document: object) -> object:
    if isinstance(document, dict) and "nodeName" not in document and isinstance(document.get("sparkPlanInfo"), dict):
        return document["sparkPlanInfo"]
    return document


def _unread(reason: str, detail: str) -> PlanReading:
    return PlanReading(None, Phase.STATIC, PlanSource.PLAN_INFO, problems=(Reason(reason, detail),))


_Place: TypeAlias = "tuple[int, Link, int | None, int, int, Link]"
"""Where a node of the JSON hangs: below which operator, how, in which codegen scope and reuse region, how deep, and in which
part of the plan. A plain tuple, since each node makes one.
"""


@dataclass(slots=True)
class _Walk:
    """One pass over the JSON in pre-order, without recursion."""

    operators: list[Operator] = field(default_factory=list)
    codegens: list[Codegen] = field(default_factory=list)
    codegen_regions: list[int] = field(default_factory=list)
    regions: list[int] = field(default_factory=list)
    region_levels: list[int] = field(default_factory=lambda: [0])
    subquery_ids: set[int] = field(default_factory=set)
    finals: dict[Link, set[bool]] = field(default_factory=dict)
    damaged: int = 0
    steps: int = 0

    def run(self, info: dict[object, object]) -> str:
        """Walk the whole document. Returns why it is too large, or nothing."""
        stack: list[tuple[object, _Place]] = [(info, _TOP)]
        nodes = 0
        while stack:
            node, place = stack.pop()
            nodes += 1
            self.steps += 1
            if not isinstance(node, dict):
                self.damaged += 1
                continue
            if nodes > 2 * MAX_OPERATORS or len(self.operators) >= MAX_OPERATORS:
                return f": more than {MAX_OPERATORS} operators"
            _, _, _, _, depth, _ = place
            if depth >= MAX_DEPTH:
                return f": nested deeper than {MAX_DEPTH} levels"
            below = self._visit(node, place)
            children = node.get("children")
            if not isinstance(children, list):
                self.damaged += children is not None
            elif len(children) == 1:
                stack.append((children[0], below))
            else:
                stack.extend(_in_printed_order(children, below))
        return ""

    def _visit(self, node: dict[object, object], place: _Place) -> _Place:
        """Take in one node; returns the place of its children."""
        name, arguments = entry_name(node)
        if name in _SCOPES:
            return self._enter_scope(name, node, place)
        if not name:
            self.damaged += 1
            name = _UNNAMED
        metrics, broken = entry_metrics(node.get("metrics"))
        self.damaged += broken
        self.steps += len(metrics)
        parent, above, scope, region, depth, outermost = place
        link = _SUBQUERY if parent != ROOT and name.endswith(_SUBQUERY_ENDS) else above
        if link is _SUBQUERY:
            region = self._region_of(metrics, region)
        outermost = outermost if outermost is not _CHILD else link
        codegen = None if scope is None or link is not _CHILD or _ends_codegen(name) else scope
        if name == _ADAPTIVE and region == 0:
            self.finals.setdefault(outermost, set()).add(_says_final(arguments))
        self.operators.append(quick_operator((name, parent, link, arguments, metrics, None, codegen, None, ())))
        self.regions.append(region)
        below = _CACHED if name.endswith(CACHE_SCAN) else _CHILD
        region = self._new_region(region) if name in _REUSES else region
        return len(self.operators) - 1, below, codegen, region, depth + 1, outermost

    def _enter_scope(self, name: str, node: dict[object, object], place: _Place) -> _Place:
        parent, link, _, region, depth, outermost = place
        if name != "WholeStageCodegen":
            return parent, link, None, region, depth, outermost
        metrics, broken = entry_metrics(node.get("metrics"))
        self.damaged += broken
        number = codegen_number(clean_text(node.get("nodeName")) or clean_text(node.get("simpleString")))
        self.codegens.append(Codegen(number, metrics))
        self.codegen_regions.append(region)
        return parent, link, len(self.codegens) - 1, region, depth, outermost

    def _new_region(self, around: int) -> int:
        self.region_levels.append(self.region_levels[around] + 1)
        return len(self.region_levels) - 1

    def _region_of(self, metrics: tuple[Metric, ...], around: int) -> int:
        """A subquery used by two operators is written twice, with the same accumulators: the second is a reuse."""
        if not metrics or around != 0:
            return around
        ids = set(_ids(metrics))
        if ids <= self.subquery_ids:
            return self._new_region(around)
        self.subquery_ids |= ids
        return around

    def reading(self, phase_hint: Phase | None) -> PlanReading:
        problems: list[Reason] = []
        if self.damaged:
            problems.append(
                Reason("truncated-plan", f": {self.damaged} entries of the JSON are no plan nodes or metrics")
            )
        phase = self._phase(phase_hint)
        return PlanReading(self._plan(), phase, PlanSource.PLAN_INFO, problems=tuple(problems))

    def _kept(self) -> list[bool]:
        self.steps += len(self.operators)
        occurrences = [
            Occurrence(operator.parent, region, frozenset(_ids(operator.metrics)))
            for operator, region in zip(self.operators, self.regions, strict=True)
        ]
        return kept_occurrences(occurrences, self.region_levels)

    def _phase(self, hint: Phase | None) -> Phase:
        """The main plan tells; a plan whose subqueries alone are adaptive is told by them; a cached plan tells nothing."""
        told = self.finals.get(Link.CHILD) or self.finals.get(Link.SUBQUERY)
        if told is None:
            return Phase.STATIC
        if told == {True}:
            return Phase.FINAL
        return hint or Phase.CURRENT

    def _plan(self) -> Plan:
        if len(self.region_levels) == 1:
            return Plan(tuple(self.operators), tuple(self.codegens))
        kept = self._kept()
        scopes = self._kept_scopes(kept)
        places: list[tuple[int, Link]] = []
        operators: list[Operator] = []
        for operator, stays in zip(self.operators, kept, strict=True):
            parent, link = ROOT, operator.link
            if operator.parent != ROOT:
                parent, above = places[operator.parent]
                link = above if link is Link.CHILD else link
            if not stays:
                places.append((parent, link))
                continue
            places.append((len(operators), Link.CHILD))
            codegen = None if operator.codegen is None else scopes[operator.codegen]
            operators.append(replace(operator, parent=parent, link=link, codegen=codegen))
        return Plan(tuple(operators), tuple(self.codegens[index] for index in scopes))

    def _kept_scopes(self, kept: list[bool]) -> dict[int, int]:
        """Codegen scopes of the plan, old index to new: those outside any reuse and those whose operators stay."""
        used = {operator.codegen for operator, stays in zip(self.operators, kept, strict=True) if stays}
        stays = [index for index, region in enumerate(self.codegen_regions) if region == 0 or index in used]
        return {old: new for new, old in enumerate(stays)}


def _ends_codegen(name: str) -> bool:
    return name.endswith(_CODEGEN_ENDS) or name == _ADAPTIVE or name.startswith("Reused")


def _says_final(arguments: str) -> bool:
    """What is said first counts: an adaptive plan's arguments can quote another one's."""
    final, not_final = arguments.find(_FINAL), arguments.find(_NOT_FINAL)
    return final >= 0 and (not_final < 0 or final < not_final)


def _in_printed_order(children: list[object], below: _Place) -> list[tuple[object, _Place]]:
    """Children for a stack: the last comes off first, so that subqueries come before the others."""
    subqueries: list[tuple[object, _Place]] = []
    others: list[tuple[object, _Place]] = []
    for child in children:
        is_subquery = isinstance(child, dict) and is_subquery_name(clean_text(child.get("nodeName")).strip())
        (subqueries if is_subquery else others).append((child, below))
    return [*reversed(others), *reversed(subqueries)]


def _ids(metrics: tuple[Metric, ...]) -> Iterator[int]:
    return (metric.accumulator_id for metric in metrics if metric.accumulator_id is not None)

"""In which stages an operator ran, told by accumulator ids (DESIGN §5, "Nodes and stages").

An exchange's write metrics belong to the map stage, its read metrics to the reader. An id that several nodes share (readers
of a reused exchange) locates none of them. A node without metrics of its own takes the stages of its code generation scope,
else those of its nearest neighbour within the same exchange bounds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from clusop.plan.kind import Kind
from clusop.plan.node import ROOT, Link

if TYPE_CHECKING:
    from collections.abc import Sequence

    from clusop.analysis.observed import StageRun
    from clusop.plan.node import Metric, Plan

__all__ = ["Located", "is_exchange", "locate", "segments"]

_READ_METRICS = ("fetch wait", "local blocks read", "remote blocks read", "local bytes read", "remote bytes read",
                 "records read", "remote reqs duration", "remote merged", "local merged", "corrupt merged", "merged fetch",
                 "remote bytes read to disk")  # fmt: skip
_STAGE_BOUNDS = frozenset({"ShuffleQueryStage", "BroadcastQueryStage", "ResultQueryStage", "TableCacheQueryStage",
                           "ReusedExchange", "ReusedSubquery"})  # fmt: skip
_NOWHERE: frozenset[int] = frozenset()
_CHILD, _CACHED = Link.CHILD, Link.CACHED  # members of an Enum are slow to look up in Python 3.11


@dataclass(frozen=True, slots=True)
class Located:
    """Where each operator ran. ``stages[i]`` are the stage ids of operator ``i``, empty where none is known. ``ran[i]`` is
    false only where metrics prove that nothing of the operator's segment was updated in this execution. ``has_evidence``
    tells whether any id of the plan was updated at all.
    """

    stages: tuple[tuple[int, ...], ...]
    ran: tuple[bool, ...]
    has_evidence: bool


def is_exchange(name: str, kind: Kind) -> bool:
    """Whether a shuffle or broadcast stands here: the stages above and below it differ."""
    return kind is Kind.ROW_EXCHANGE or "Exchange" in name


def segments(plan: Plan, kinds: Sequence[Kind]) -> tuple[int, ...]:
    """For each operator the number of its segment: operators joined without an exchange, a reuse, a cache or a subquery
    between them, which therefore run in the same stages. An exchange belongs to the segment below it, where it writes.
    """
    numbers: list[int] = []
    named = list(zip(plan.names, kinds, strict=True))
    bounds = {each for each in set(named) if _is_bound(*each)}  # plans repeat few names often
    for index, operator in enumerate(plan.operators):
        parent = operator.parent
        if parent == ROOT or operator.link is not _CHILD or named[index] in bounds:
            numbers.append(index)
        else:
            numbers.append(numbers[parent])
    return tuple(numbers)


def _is_bound(name: str, kind: Kind) -> bool:
    # PhotonShuffleExchangeSource reads in the stage above; the map stage and sink below it write.
    if "Exchange" in name:
        return not name.endswith("ExchangeSource")
    return kind is Kind.ROW_EXCHANGE or name in _STAGE_BOUNDS or name.endswith("MapStage")


def locate(plan: Plan, kinds: Sequence[Kind], stages: Sequence[StageRun]) -> Located:
    """Locate every operator of ``plan`` in the stages of its execution. Linear in metrics and accumulators."""
    # One set per stage, shared by all its accumulators: few of them are updated in two stages.
    # A metric without accumulator asks for ``None``, which is never in it.
    stage_of_id: dict[int | None, frozenset[int]] = {}
    for stage in stages:
        own_stage = frozenset((stage.stage_id,))
        for accumulator_id in stage.accumulators:
            known = stage_of_id.setdefault(accumulator_id, own_stage)
            if known is not own_stage:
                stage_of_id[accumulator_id] = known | own_stage
    cached = _below_cache(plan)
    if not stage_of_id:
        return Located(((),) * len(plan), tuple(not below for below in cached), has_evidence=False)
    own = _own_stages(plan, kinds, stage_of_id)
    scopes = [_scope_stages(scope.metrics, stage_of_id) for scope in plan.codegens]
    segment_of = segments(plan, kinds)
    # What an operator or its scope says; most operators of a segment say the same.
    told = [
        stage_ids or (scopes[operator.codegen] if operator.codegen is not None else _NOWHERE)
        for stage_ids, operator in zip(own, plan.operators, strict=True)
    ]
    gathered: dict[int, set[int]] = {}
    for segment, stage_ids in set(zip(segment_of, told, strict=True)):
        if stage_ids:
            gathered.setdefault(segment, set()).update(stage_ids)
    by_segment = {segment: frozenset(stage_ids) for segment, stage_ids in gathered.items()}
    has_ids = {
        segment
        for segment, operator in zip(segment_of, plan.operators, strict=True)
        if segment not in by_segment and any(metric.accumulator_id is not None for metric in operator.metrics)
    }
    near = [] if all(told) else _nearest(plan, segment_of, own)
    ordered: dict[frozenset[int], tuple[int, ...]] = {}  # many operators, few different sets
    located: list[tuple[int, ...]] = []
    for index, stage_ids in enumerate(told):
        found = stage_ids or near[index] or by_segment.get(segment_of[index], _NOWHERE)
        if found not in ordered:
            ordered[found] = tuple(sorted(found))
        located.append(ordered[found])
    has_evidence = bool(by_segment)
    ran = tuple(
        [
            segment in by_segment or (not below and (not has_evidence or segment not in has_ids))
            for segment, below in zip(segment_of, cached, strict=True)
        ]
    )
    return Located(tuple(located), ran, has_evidence)


def _below_cache(plan: Plan) -> list[bool]:
    """Whether an operator belongs to the plan that once filled a cache; a plan alone does not claim that it runs here."""
    cached = [operator.link is _CACHED for operator in plan.operators]
    if any(cached):
        for index, operator in enumerate(plan.operators):
            cached[index] = cached[index] or (operator.parent != ROOT and cached[operator.parent])
    return cached


def _own_stages(
    plan: Plan, kinds: Sequence[Kind], stage_of_id: dict[int | None, frozenset[int]]
) -> list[frozenset[int]]:
    """Per operator the stages its own metrics name."""
    shared = _shared_ids(plan)
    named = list(zip(plan.names, kinds, strict=True))
    exchanges = {each for each in set(named) if is_exchange(*each)}  # plans repeat few names often
    stages_of = stage_of_id.get
    own: list[frozenset[int]] = []
    for operator, name_and_kind in zip(plan.operators, named, strict=True):
        metrics = operator.metrics
        if shared or name_and_kind in exchanges:
            metrics = _telling(metrics, shared, of_exchange=name_and_kind in exchanges)
        found = _NOWHERE
        for metric in metrics:
            stages = stages_of(metric.accumulator_id, _NOWHERE)
            if stages is not found:  # nearly always the same set once more
                found = found | stages if found else stages
        own.append(found)
    return own


def _telling(metrics: tuple[Metric, ...], shared: set[int], *, of_exchange: bool) -> tuple[Metric, ...]:
    """The metrics that locate their operator: those of no other one, and of an exchange those that it writes."""
    reads = _READ_METRICS if of_exchange else ()
    return tuple([each for each in metrics if each.accumulator_id not in shared and not each.name.startswith(reads)])


def _shared_ids(plan: Plan) -> set[int]:
    """The accumulators that several operators have."""
    ids = [metric.accumulator_id for operator in plan.operators for metric in operator.metrics]
    if len(set(ids)) == len(ids):
        return set()  # nearly every plan: no id stands in it twice
    owner: dict[int, int] = {}
    return {
        metric.accumulator_id
        for index, operator in enumerate(plan.operators)
        for metric in operator.metrics
        if metric.accumulator_id is not None and owner.setdefault(metric.accumulator_id, index) != index
    }


def _scope_stages(metrics: tuple[Metric, ...], stage_of_id: dict[int | None, frozenset[int]]) -> frozenset[int]:
    found: set[int] = set()
    for metric in metrics:
        found |= stage_of_id.get(metric.accumulator_id, _NOWHERE)
    return frozenset(found)


def _nearest(plan: Plan, segment_of: Sequence[int], own: Sequence[frozenset[int]]) -> list[frozenset[int]]:
    """Per operator the stages of the closest located ancestor in its segment, else of a located descendant in it."""
    # A segment has the number of its first operator; every other one is in its parent's.
    inside = [(index, plan.operators[index].parent) for index, first in enumerate(segment_of) if index != first]
    above: list[frozenset[int]] = [_NOWHERE] * len(plan.operators)
    below: list[frozenset[int]] = [_NOWHERE] * len(plan.operators)
    for index, parent in inside:
        above[index] = own[parent] or above[parent]
    for index, parent in reversed(inside):
        below[parent] = own[index] or below[index] or below[parent]
    return [first or second for first, second in zip(above, below, strict=True)]

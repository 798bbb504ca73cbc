"""In which stages an operator ran, told by accumulator ids (DESIGN §5, "Nodes and stages").

An exchange's write metrics belong to the map stage, its read metrics to the reader. An id that several nodes share (readers
of a reused exchange) locates none of them. A node without metrics of its own takes the stages of its code generation scope,
else those of its nearest neighbour within the same exchange bounds.
"""

from __future__ import annotations

from collections import Counter
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
    for index, operator in enumerate(plan.operators):
        parent = operator.parent
        if parent == ROOT or operator.link is not Link.CHILD or _is_bound(operator.name, kinds[index]):
            numbers.append(index)
        else:
            numbers.append(numbers[parent])
    return tuple(numbers)


def _is_bound(name: str, kind: Kind) -> bool:
    # PhotonShuffleExchangeSource reads in the stage above; the map stage and sink below it write.
    if name.endswith("ExchangeSource"):
        return False
    return is_exchange(name, kind) or name.endswith("MapStage") or name in _STAGE_BOUNDS


def locate(plan: Plan, kinds: Sequence[Kind], stages: Sequence[StageRun]) -> Located:
    """Locate every operator of ``plan`` in the stages of its execution. Linear in metrics and accumulators."""
    stage_of_id: dict[int, set[int]] = {}
    for stage in stages:
        for accumulator_id in stage.accumulators:
            stage_of_id.setdefault(accumulator_id, set()).add(stage.stage_id)
    owners: Counter[int] = Counter()
    for operator in plan.operators:
        owners.update({m.accumulator_id for m in operator.metrics if m.accumulator_id is not None})
    own = [
        _own_stages(operator.metrics, owners, stage_of_id, exchange=is_exchange(operator.name, kind))
        for operator, kind in zip(plan.operators, kinds, strict=True)
    ]
    scopes = [
        frozenset().union(
            *(stage_of_id.get(m.accumulator_id, set()) for m in scope.metrics if m.accumulator_id is not None)
        )
        for scope in plan.codegens
    ]
    segment_of = segments(plan, kinds)
    by_segment: dict[int, set[int]] = {}
    has_ids: set[int] = set()
    for index, operator in enumerate(plan.operators):
        segment = segment_of[index]
        known = own[index] or (scopes[operator.codegen] if operator.codegen is not None else frozenset())
        by_segment.setdefault(segment, set()).update(known)
        if any(m.accumulator_id is not None for m in operator.metrics):
            has_ids.add(segment)
    has_evidence = any(by_segment.values())
    near = _nearest(plan, segment_of, own)
    located = []
    for index, operator in enumerate(plan.operators):
        scope = scopes[operator.codegen] if operator.codegen is not None else frozenset()
        found = own[index] or scope or near[index] or frozenset(by_segment[segment_of[index]])
        located.append(tuple(sorted(found)))
    cached = _below_cache(plan)
    ran = tuple(
        bool(by_segment[segment]) or (not cached[index] and (not has_evidence or segment not in has_ids))
        for index, segment in enumerate(segment_of)
    )
    return Located(tuple(located), ran, has_evidence)


def _below_cache(plan: Plan) -> list[bool]:
    """Whether an operator belongs to the plan that once filled a cache; a plan alone does not claim that it runs here."""
    cached: list[bool] = []
    for operator in plan.operators:
        above = operator.parent != ROOT and cached[operator.parent]
        cached.append(above or operator.link is Link.CACHED)
    return cached


def _own_stages(
    metrics: tuple[Metric, ...], owners: Counter[int], stage_of_id: dict[int, set[int]], *, exchange: bool
) -> frozenset[int]:
    found: set[int] = set()
    for metric in metrics:
        if metric.accumulator_id is None or owners[metric.accumulator_id] > 1:
            continue
        if exchange and metric.name.startswith(_READ_METRICS):
            continue
        found |= stage_of_id.get(metric.accumulator_id, set())
    return frozenset(found)


def _nearest(plan: Plan, segment_of: Sequence[int], own: Sequence[frozenset[int]]) -> list[frozenset[int]]:
    """Per operator the stages of the closest located ancestor in its segment, else of a located descendant in it."""
    none: frozenset[int] = frozenset()
    above: list[frozenset[int]] = []
    for index, operator in enumerate(plan.operators):
        parent = operator.parent
        same = parent != ROOT and segment_of[parent] == segment_of[index]
        above.append((own[parent] or above[parent]) if same else none)
    below: list[frozenset[int]] = [none] * len(plan.operators)
    for index in range(len(plan.operators) - 1, 0, -1):
        parent = plan.operators[index].parent
        if parent != ROOT and segment_of[parent] == segment_of[index]:
            below[parent] = own[index] or below[index] or below[parent]
    return [first or second for first, second in zip(above, below, strict=True)]

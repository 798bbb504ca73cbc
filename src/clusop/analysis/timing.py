"""Where a query's task time went (DESIGN §5): native, islands, row sources, boundaries, warm-up and unexplained.

Photon tells its time per task (``internal.metrics.photonizedTaskTimeNs``); non-native time of a stage is run time − native
time. Comet's own timers overlap, so an island gets the run time of its stages as an upper bound. A profile has task times of
the whole query only, so an island's share is bounded by all non-native time.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from clusop.analysis.assessment import Island, JudgedPlan, RatioBasis, TimeSplit
from clusop.analysis.observed import Absent, QueryTimes, StageTimes
from clusop.plan.dialect import PLAIN_SPARK
from clusop.plan.kind import Kind
from clusop.reasons import Reason
from clusop.units import exact_sum, ns_to_ms

if TYPE_CHECKING:
    from collections.abc import Sequence

    from clusop.analysis.judge import Judged
    from clusop.analysis.observed import Observed, StageRun
    from clusop.plan.dialect import Dialect

__all__ = ["StageShare", "Timed", "exclusive_ns", "stage_shares", "time_of"]


@dataclass(frozen=True, slots=True)
class StageShare:
    """One stage attempt with its native time settled: ``native_ms`` is ``None`` where the engine cannot tell."""

    stage: StageRun
    native_ms: Fraction | None
    basis: RatioBasis
    remarks: tuple[Reason, ...] = ()

    @property
    def off_engine_ms(self) -> Fraction:
        """Run time that is not native; all of it where native time is unknown (an upper bound)."""
        run_ms = Fraction(self.stage.run_ms)
        return run_ms if self.native_ms is None else run_ms - self.native_ms


@dataclass(frozen=True, slots=True)
class Timed:
    """A query's time: the split, its islands with their time, and the stages that count as row source or island."""

    split: TimeSplit
    islands: tuple[Island, ...]
    row_source_ms: Fraction | None = None
    row_source_stage_ids: frozenset[int] = frozenset()
    island_stage_ids: frozenset[int] = frozenset()


def time_of(observed: Observed, judged: Sequence[Judged], spoken: Dialect, *, native_time_seen: bool) -> Timed:
    """Split the time of one run. ``native_time_seen`` tells whether the engine's task accumulable occurs anywhere in the same
    application: only then does its absence in a stage mean 0.
    """
    islands = _islands(judged)
    times = observed.times
    if isinstance(times, QueryTimes):
        return _of_query(times, islands)
    if isinstance(times, Absent):
        none = tuple(replace(island, time_reason=times.reason) for island in islands)
        return Timed(TimeSplit(None, None, RatioBasis.STRUCTURE, reasons=(times.reason,)), none)
    return _of_stages(times, judged, islands, spoken, native_time_seen=native_time_seen)


def _islands(judged: Sequence[Judged]) -> list[Island]:
    islands: list[Island] = []
    for graph, one in enumerate(judged):
        depths = one.plan.reading.plan.depths if one.plan.reading.plan is not None else ()
        members: dict[int, list[int]] = {}
        for index, number in enumerate(one.plan.island_of):
            if number is not None:
                members.setdefault(number, []).append(index)
        for number, inside in members.items():
            stages: set[int] = set()
            if one.located is not None:
                for index in inside:
                    stages.update(one.located.stages[index])
            lowest_first = tuple(sorted(inside, key=lambda index: (-depths[index], index)))
            islands.append(Island(number, graph, lowest_first, tuple(sorted(stages))))
    return islands


def _of_query(times: QueryTimes, islands: Sequence[Island]) -> Timed:
    run_ms = Fraction(times.run_ms)
    if times.native_ms is None:
        reason = Reason("native-time-unknown")
        none = tuple(replace(island, time_reason=reason) for island in islands)
        return Timed(TimeSplit(run_ms, None, RatioBasis.PROFILE, reasons=(reason,)), none)
    native_ms = Fraction(times.native_ms)
    if run_ms == 0 or native_ms > run_ms:
        # Two figures that contradict each other say nothing of the island between them.
        reason = Reason("native-above-run" if run_ms else "no-tasks")
        none = tuple(replace(island, time_reason=reason) for island in islands)
        split = TimeSplit(run_ms, min(native_ms, run_ms), RatioBasis.PROFILE, reasons=(reason,))
        return Timed(split, none)
    bound = run_ms - native_ms
    timed = tuple(
        replace(island, time_ms=bound, is_upper_bound=True, remarks=(*island.remarks, Reason("no-stage-times")))
        for island in islands
    )
    reasons = (Reason("no-stage-times"),) if islands else ()
    split = TimeSplit(
        run_ms,
        native_ms,
        RatioBasis.PROFILE,
        island_ms=bound if islands else Fraction(0),
        unexplained_ms=None if islands else bound,
        reasons=reasons,
    )
    return Timed(split, timed)


def stage_shares(
    times: StageTimes, judged: Sequence[Judged], spoken: Dialect, *, native_time_seen: bool
) -> tuple[StageShare, ...]:
    """Native time of every stage attempt, with its basis."""
    # A stage with a native time of its own asks no operators.
    silent = {stage.stage_id for stage in times.stages if stage.native_ns is None}
    native = Kind.NATIVE  # members of an Enum are slow to look up in Python 3.11
    native_stages: dict[int, list[tuple[JudgedPlan, int]]] = {}
    for one in judged if silent and spoken.time.task_accumulable else ():
        if one.located is None or not one.located.has_evidence:
            continue
        placed = zip(one.plan.kinds, one.plan.ran, one.located.stages, strict=True)
        for index, (kind, ran, stage_ids) in enumerate(placed):
            if kind is native and ran and not silent.isdisjoint(stage_ids):
                for stage_id in stage_ids:
                    native_stages.setdefault(stage_id, []).append((one.plan, index))
    return tuple(
        _share(stage, native_stages.get(stage.stage_id, ()), spoken, native_time_seen=native_time_seen)
        for stage in times.stages
    )


def _share(
    stage: StageRun, natives: Sequence[tuple[JudgedPlan, int]], spoken: Dialect, *, native_time_seen: bool
) -> StageShare:
    run_ms = Fraction(stage.run_ms)
    if not spoken.time.task_accumulable:
        return StageShare(stage, None, RatioBasis.OPERATORS)
    if stage.native_ns is not None:
        native_ms = ns_to_ms(stage.native_ns)
        if native_ms > run_ms:
            return StageShare(stage, run_ms, RatioBasis.MEASURED, (Reason("native-above-run"),))
        return StageShare(stage, native_ms, RatioBasis.MEASURED)
    if native_time_seen and not natives:
        # The accumulable is absent, not 0, where nothing ran natively.
        return StageShare(stage, Fraction(0), RatioBasis.MEASURED)
    summed = [exclusive_ns(plan, index, stage, spoken) for plan, index in natives]
    known = [value for value in summed if value is not None]
    if known:
        native_ms = min(ns_to_ms(sum(known)), run_ms)
        return StageShare(stage, native_ms, RatioBasis.OPERATORS, (Reason("operators-basis"),))
    return StageShare(stage, None, RatioBasis.STRUCTURE)


def exclusive_ns(plan: JudgedPlan, index: int, stage: StageRun, spoken: Dialect) -> int | None:
    """An operator's exclusive time in one stage, ns, from its SQL metric; ``None`` where it has none there."""
    tree = plan.reading.plan
    if tree is None or not spoken.time.operator_exclusive:
        return None
    values = [
        stage.accumulators[metric.accumulator_id]
        for metric in tree.operators[index].metrics
        if metric.name == spoken.time.operator_exclusive
        and metric.accumulator_id is not None
        and metric.accumulator_id in stage.accumulators
    ]
    return sum(values) if values else None


def _of_stages(
    times: StageTimes,
    judged: Sequence[Judged],
    islands: list[Island],
    spoken: Dialect,
    *,
    native_time_seen: bool,
) -> Timed:
    shares = stage_shares(times, judged, spoken, native_time_seen=native_time_seen)
    if shares and all(share.stage.is_untimed for share in shares):
        reason = Reason("no-times")
        none = tuple(replace(island, time_reason=reason) for island in islands)
        return Timed(TimeSplit(None, None, RatioBasis.STRUCTURE, reasons=(reason,)), none)
    reasons: dict[Reason, None] = {}
    for share in shares:
        reasons.update(dict.fromkeys((*share.remarks, *share.stage.remarks)))
    run_ms = exact_sum(share.stage.run_ms for share in shares)
    lost_ms = exact_sum(share.stage.lost_run_ms for share in shares)
    if not shares:
        reasons[Reason("no-tasks")] = None
    natives = [share.native_ms for share in shares]
    native_ms = exact_sum(n for n in natives if n is not None) if None not in natives else None
    if not spoken.time.task_accumulable:
        native_ms = None
        reasons[Reason("no-engine" if spoken.id == PLAIN_SPARK else "no-native-time")] = None
    elif native_ms is None:
        reasons[Reason("native-time-unknown")] = None
    timed, island_stages = _island_times(islands, shares, has_native_time=native_ms is not None)
    of_kind = _stages_by_kind(judged)
    sources = of_kind[Kind.ROW_SOURCE] - island_stages
    boundaries = of_kind[Kind.BOUNDARY] - of_kind[Kind.NATIVE] - island_stages - sources
    island_ms = _off_engine(shares, island_stages)
    row_source_ms = _off_engine(shares, sources)
    boundary_ms = _off_engine(shares, boundaries)
    unexplained_ms = None if native_ms is None else run_ms - native_ms - island_ms - row_source_ms - boundary_ms
    located = all(island.time_reason is None for island in timed)
    has_engine = spoken.id != PLAIN_SPARK  # without an engine nothing can be off it
    split = TimeSplit(
        run_ms,
        native_ms,
        _basis(shares, spoken),
        island_ms=island_ms if has_engine and (located or island_ms) else None,
        row_source_ms=row_source_ms if has_engine else None,
        boundary_ms=boundary_ms if has_engine else None,
        unexplained_ms=unexplained_ms,
        lost_ms=lost_ms,
        reasons=tuple(reasons),
    )
    return Timed(split, timed, row_source_ms, frozenset(sources), frozenset(island_stages))


def _basis(shares: Sequence[StageShare], spoken: Dialect) -> RatioBasis:
    """The weakest basis among stages that carry time."""
    order = (RatioBasis.STRUCTURE, RatioBasis.OPERATORS, RatioBasis.MEASURED)
    found = {share.basis for share in shares if share.stage.run_ms}
    for basis in order:
        if basis in found:
            return basis
    return RatioBasis.MEASURED if spoken.time.task_accumulable and shares else RatioBasis.STRUCTURE


def _off_engine(shares: Sequence[StageShare], stage_ids: set[int]) -> Fraction:
    return exact_sum(share.off_engine_ms for share in shares if share.stage.stage_id in stage_ids)


def _stages_by_kind(judged: Sequence[Judged]) -> defaultdict[Kind, set[int]]:
    """The stages in which operators of each kind ran."""
    found: defaultdict[Kind, set[int]] = defaultdict(set)
    for one in judged:
        if one.located is None or not one.located.has_evidence:
            continue
        # Many operators, few different places.
        for kind, ran, stage_ids in set(zip(one.plan.kinds, one.plan.ran, one.located.stages, strict=True)):
            if ran:
                found[kind].update(stage_ids)
    return found


def _island_times(
    islands: Sequence[Island], shares: Sequence[StageShare], *, has_native_time: bool
) -> tuple[tuple[Island, ...], set[int]]:
    """Off-engine time of each island's stages. A measured stage that several islands share is split by their operators, an
    estimate; where only an upper bound is known each island keeps the whole, or the bound would be none.
    """
    weight: dict[int, int] = {}
    for island in islands:
        for stage_id in island.stage_ids:
            weight[stage_id] = weight.get(stage_id, 0) + len(island.operators)
    timed: list[Island] = []
    off_engine: dict[int, Fraction] = {}
    for share in shares:
        stage_id = share.stage.stage_id
        off_engine[stage_id] = off_engine.get(stage_id, Fraction(0)) + share.off_engine_ms
    for island in islands:
        own = [stage_id for stage_id in island.stage_ids if stage_id in off_engine]
        if not own:
            timed.append(replace(island, time_reason=Reason("island-not-located")))
            continue
        size = len(island.operators)
        shared = has_native_time and any(weight[stage_id] > size for stage_id in own)
        time_ms = sum(
            (off_engine[stage_id] * (Fraction(size, weight[stage_id]) if has_native_time else 1) for stage_id in own),
            Fraction(0),
        )
        remarks = (*island.remarks, *((Reason("shared-stage"),) if shared else ()))
        timed.append(replace(island, time_ms=time_ms, is_upper_bound=not has_native_time, remarks=remarks))
    return tuple(timed), {stage_id for stage_id in weight if stage_id in off_engine}

"""Who used the cluster: task run time to cluster-hours, by epoch, never more than the cluster had (DESIGN §5, §6).

``h`` = Σ over stages and epochs of run time × task cpus ÷ slots alive. Time is counted in whole nanoseconds (what is finer
is cut), so that the sums of a long log stay small numbers and exact.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from clusop.analysis.economics.node_hours import NO_NODE_HOURS, NodeHours
from clusop.analysis.economics.rates import nodes_alive
from clusop.pricing.price import Unpriced
from clusop.reasons import Reason
from clusop.units import MS_PER_HOUR, NS_PER_MS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from clusop.analysis.cluster import Cluster
    from clusop.analysis.observed import StageRun

__all__ = ["ClassHours", "Ledger", "SqlWork", "WorkHours", "ledger_of"]

_NS_PER_HOUR = MS_PER_HOUR * NS_PER_MS
_CUT = (Reason("busy-above-slots"),)
_UNPLACED = (Reason("no-timeline"),)


@dataclass(frozen=True, slots=True)
class WorkHours:
    """Node-hours of some stages: ``run`` of their successful tasks, ``lost`` of failed, killed and losing ones (billed).

    ``remarks`` say where time was cut or could not be placed.
    """

    run: NodeHours
    lost: NodeHours
    remarks: tuple[Reason, ...] = ()

    @property
    def total(self) -> NodeHours:
        """All that is billed for this work."""
        return self.run + self.lost


@dataclass(frozen=True, slots=True)
class SqlWork:
    """The stages of one SQL execution, and whether it failed."""

    stages: tuple[StageRun, ...]
    is_failed: bool = False


@dataclass(frozen=True, slots=True)
class ClassHours:
    """An application's node-hours in classes that add up to ``total``, class by class and node by node."""

    total: NodeHours
    attributed: NodeHours
    non_sql_and_failed: NodeHours
    unobserved: NodeHours

    @property
    def busy(self) -> NodeHours:
        """What any task used."""
        return self.attributed + self.non_sql_and_failed

    @property
    def unused(self) -> NodeHours:
        """What was there and nobody used."""
        return self.total - self.busy - self.unobserved


@dataclass(frozen=True, slots=True)
class Ledger:
    """The cluster's epochs with all work on them. ``busy_ns`` and ``room_ns`` are slot-nanoseconds by epoch: asked for by
    tasks, and there. Where more was asked for than was there, everybody is cut in the same proportion.
    """

    cluster: Cluster
    busy_ns: tuple[int, ...]
    room_ns: tuple[int, ...]

    @property
    def remarks(self) -> tuple[Reason, ...]:
        """Whether the cluster's timeline and its tasks contradict each other."""
        pairs = list(zip(self.busy_ns, self.room_ns, strict=True))
        cut = any(busy > room > 0 for busy, room in pairs)
        lost = not pairs or any(busy > room == 0 for busy, room in pairs)
        return (*(_CUT if cut else ()), *(_UNPLACED if lost else ()))

    @property
    def total(self) -> NodeHours:
        """All node-hours of the cluster's life as far as this source saw it."""
        return sum(
            (nodes_alive(self.cluster, epoch.worker_count) * epoch.hours for epoch in self.cluster.epochs),
            NO_NODE_HOURS,
        )

    @property
    def unobserved(self) -> NodeHours:
        """Epochs in which tasks ran though the source tells of no slots: nobody can say whose they were."""
        hours = NO_NODE_HOURS
        for epoch, busy, room in zip(self.cluster.epochs, self.busy_ns, self.room_ns, strict=True):
            if busy and not room:
                hours += nodes_alive(self.cluster, epoch.worker_count) * epoch.hours
        return hours

    def hours_of(self, stages: Iterable[StageRun]) -> WorkHours | Unpriced:
        """The node-hours of ``stages``, or ``no-timeline`` where the source does not tell when they ran."""
        hours = self._granted(stages)
        if hours is None or (hours.remarks == _UNPLACED and not hours.total.driver):
            return Unpriced(Reason("no-timeline"))
        return hours

    def classes(self, queries: Iterable[SqlWork], non_sql: Iterable[StageRun]) -> ClassHours | Unpriced:
        """All node-hours in the classes of the bill. A stage named twice counts once, for whom it is named first.

        Attributed is what succeeded SQL executions (the user's, commands, the table format's own) used; what their failed and
        losing tasks used counts with the failed.
        """
        seen: set[tuple[int, int]] = set()
        attributed, rest = NO_NODE_HOURS, NO_NODE_HOURS
        for work in (*queries, SqlWork(tuple(non_sql), is_failed=True)):
            fresh = [stage for stage in _once(work.stages) if (stage.stage_id, stage.attempt) not in seen]
            seen.update((stage.stage_id, stage.attempt) for stage in fresh)
            hours = self._granted(fresh)
            if hours is None:
                return Unpriced(Reason("no-timeline"))
            attributed += NO_NODE_HOURS if work.is_failed else hours.run
            rest += hours.total if work.is_failed else hours.lost
        return ClassHours(self.total, attributed, rest, self.unobserved)

    def _granted(self, stages: Iterable[StageRun]) -> WorkHours | None:
        run_ns: dict[int, int] = {}
        lost_ns: dict[int, int] = {}
        is_cut = is_unplaced = False
        for stage in stages:
            if not _is_placed(stage, len(self.busy_ns)):
                return None
            for index, asked_ns, asked_lost_ns in _slot_ns(stage, self.cluster.task_cpus):
                # A stage the ledger was never told of asks for its own time all the same.
                busy, room = max(self.busy_ns[index], asked_ns), self.room_ns[index]
                is_unplaced = is_unplaced or busy > room == 0
                is_cut = is_cut or busy > room > 0
                slot_ns, slot_lost_ns = (
                    (asked_ns * room // busy, asked_lost_ns * room // busy)
                    if busy > room
                    else (asked_ns, asked_lost_ns)
                )
                run_ns[index] = run_ns.get(index, 0) + slot_ns - slot_lost_ns
                lost_ns[index] = lost_ns.get(index, 0) + slot_lost_ns
        remarks = (*(_CUT if is_cut else ()), *(_UNPLACED if is_unplaced else ()))
        return WorkHours(self._node_hours(run_ns), self._node_hours(lost_ns), remarks)

    def _node_hours(self, slot_ns: dict[int, int]) -> NodeHours:
        hours = NO_NODE_HOURS
        for index, used_ns in slot_ns.items():
            if not used_ns:
                continue
            epoch = self.cluster.epochs[index]
            hours += nodes_alive(self.cluster, epoch.worker_count) * Fraction(used_ns, epoch.slot_count * _NS_PER_HOUR)
        return hours


def ledger_of(cluster: Cluster, stages: Iterable[StageRun]) -> Ledger:
    """The ledger of a cluster on which exactly ``stages`` ran: all of them, of every query and of none."""
    busy_ns = [0] * len(cluster.epochs)
    for stage in _once(stages):
        if _is_placed(stage, len(busy_ns)):
            for index, slot_ns, _ in _slot_ns(stage, cluster.task_cpus):
                busy_ns[index] += slot_ns
    room_ns = tuple((epoch.end_at_ms - epoch.start_at_ms) * NS_PER_MS * epoch.slot_count for epoch in cluster.epochs)
    return Ledger(cluster, tuple(busy_ns), room_ns)


def _slot_ns(stage: StageRun, task_cpus: int) -> Iterator[tuple[int, int, int]]:
    """Epoch, slot-nanoseconds in it, and how many of them were lost: lost time is spread like all of the stage's time."""
    total = stage.run_ms + stage.lost_run_ms if stage.lost_run_ms else 0
    lost_share = Fraction(stage.lost_run_ms) / total if total else 0  # mostly nothing was lost, and fractions are slow
    for index, run_ms in stage.run_by_epoch_ms:
        slot_ns = int(run_ms * NS_PER_MS) * task_cpus
        yield index, slot_ns, int(slot_ns * lost_share)


def _is_placed(stage: StageRun, epoch_count: int) -> bool:
    if not stage.run_by_epoch_ms:
        return stage.run_ms + stage.lost_run_ms == 0
    return all(0 <= index < epoch_count for index, _ in stage.run_by_epoch_ms)


def _once(stages: Iterable[StageRun]) -> Iterator[StageRun]:
    seen: set[tuple[int, int]] = set()
    for stage in stages:
        if (stage.stage_id, stage.attempt) not in seen:
            seen.add((stage.stage_id, stage.attempt))
            yield stage

"""Timeline: who was alive when, and how task time spreads over the spans in which that did not change."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

from clusop.analysis.cluster import Epoch

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from fractions import Fraction

    from clusop.eventlog.events import Event
    from clusop.eventlog.task_end import TaskEnd

__all__ = ["Timeline", "share_by_epoch", "share_evenly"]

DRIVER = "driver"
"""The executor id of local mode, where the driver's own cores are the slots."""


@dataclass(frozen=True, slots=True)
class _Change:
    at_ms: int
    order: int
    executor_id: str
    host: str
    core_count: int
    """0 where the executor leaves."""


class Timeline:
    """Collects executors coming and going, and the first and last time anything happened.

    While the log is read, a task's run time is put under the latest change before it (:meth:`spread`); :meth:`epochs` and
    :func:`share_by_epoch` turn that into the cluster's epochs at the end. A change that the log tells too late, after tasks
    that ran beyond it, leaves those tasks where they are.
    """

    def __init__(self) -> None:
        self._changes: list[_Change] = []
        self._change_times: list[int] = []
        self._started_at_ms: int | None = None
        self._first_at_ms: int | None = None
        self._last_at_ms: int | None = None

    def application_started(self, at_ms: int) -> None:
        """Note the application's start."""
        self._started_at_ms = at_ms
        self.seen(at_ms)

    def seen(self, at_ms: int | None) -> None:
        """Note that something happened at this time."""
        if at_ms is None or at_ms <= 0:
            return
        if self._first_at_ms is None or at_ms < self._first_at_ms:
            self._first_at_ms = at_ms
        if self._last_at_ms is None or at_ms > self._last_at_ms:
            self._last_at_ms = at_ms

    def executor_added(self, event: Event) -> None:
        """``SparkListenerExecutorAdded``."""
        info = event["Executor Info"]
        self._change(event, str(info.get("Host", "")), int(info["Total Cores"]))

    def executor_removed(self, event: Event) -> None:
        """``SparkListenerExecutorRemoved``."""
        self._change(event, "", 0)

    def _change(self, event: Event, host: str, core_count: int) -> None:
        at_ms = int(event["Timestamp"])
        self.seen(at_ms)
        self._changes.append(_Change(at_ms, len(self._changes), str(event["Executor ID"]), host, core_count))
        place = bisect_left(self._change_times, at_ms)
        if place == len(self._change_times) or self._change_times[place] != at_ms:
            self._change_times.insert(place, at_ms)

    def spread(self, task: TaskEnd, into: dict[int, int]) -> None:
        """Add the run time (ms) of ``task`` to ``into``, under the time of the change that opened each span it ran in.

        In proportion to the overlap, in whole milliseconds; what rounding leaves goes to the last span. 0 stands for the
        span before all changes.
        """
        times = self._change_times
        launched, finished = task.launched_at_ms, task.finished_at_ms
        first = bisect_right(times, launched)
        last = len(times) if not times or finished > times[-1] else bisect_right(times, finished - 1)
        if last <= first:
            key = times[first - 1] if first else 0
            into[key] = into.get(key, 0) + task.run_ms
            return
        left_ms = task.run_ms
        for index in range(first, last):
            start = max(launched, times[index - 1]) if index else launched
            part_ms = task.run_ms * (times[index] - start) // (finished - launched)
            key = times[index - 1] if index else 0
            into[key] = into.get(key, 0) + part_ms
            left_ms -= part_ms
        into[times[last - 1]] = into.get(times[last - 1], 0) + left_ms

    def epochs(self) -> tuple[Epoch, ...]:
        """The cluster's epochs from the application's start (or the first event) to the last event; none without executors."""
        if not self._changes or self._first_at_ms is None or self._last_at_ms is None:
            return ()
        start = self._first_at_ms if self._started_at_ms is None else min(self._started_at_ms, self._first_at_ms)
        ordered = sorted(self._changes, key=lambda change: (change.at_ms, change.order))
        if any(change.executor_id != DRIVER for change in ordered):
            ordered = [change for change in ordered if change.executor_id != DRIVER]
        alive: dict[str, _Change] = {}
        epochs: list[Epoch] = []
        opened = start
        for change in ordered:
            if change.at_ms > opened:
                _close(epochs, opened, change.at_ms, alive)
                opened = change.at_ms
            if change.core_count:
                alive[change.executor_id] = change
            else:
                alive.pop(change.executor_id, None)
        if self._last_at_ms > opened:
            _close(epochs, opened, self._last_at_ms, alive)
        return tuple(epochs)


def _close(epochs: list[Epoch], start: int, end: int, alive: Mapping[str, _Change]) -> None:
    slots = sum(change.core_count for change in alive.values())
    workers = len({change.host for change in alive.values() if change.executor_id != DRIVER})
    if epochs and (epochs[-1].slot_count, epochs[-1].worker_count) == (slots, workers):
        epochs[-1] = Epoch(epochs[-1].start_at_ms, end, slots, workers)
    else:
        epochs.append(Epoch(start, end, slots, workers))


def share_by_epoch(
    spread_ms: Mapping[int, int], total_ms: Fraction, epochs: Sequence[Epoch]
) -> tuple[tuple[int, Fraction], ...]:
    """``total_ms`` over ``epochs`` in the proportions of ``spread_ms`` (from :meth:`Timeline.spread`), exact."""
    seen_ms = sum(spread_ms.values())
    if not epochs or not seen_ms:
        return ()
    starts = [epoch.start_at_ms for epoch in epochs]
    by_epoch: dict[int, int] = {}
    for opened, run_ms in spread_ms.items():
        index = max(bisect_right(starts, opened) - 1, 0)
        by_epoch[index] = by_epoch.get(index, 0) + run_ms
    return tuple((index, total_ms * run_ms / seen_ms) for index, run_ms in sorted(by_epoch.items()) if run_ms)


def share_evenly(
    start_ms: int | None, end_ms: int | None, total_ms: Fraction, epochs: Sequence[Epoch]
) -> tuple[tuple[int, Fraction], ...]:
    """``total_ms`` over ``epochs`` by the slots that were alive between two times: for a stage whose tasks were not seen."""
    if not epochs or not total_ms:
        return ()
    first = epochs[0].start_at_ms if start_ms is None else start_ms
    last = epochs[-1].end_at_ms if end_ms is None else end_ms
    weights = {
        index: max(min(last, epoch.end_at_ms) - max(first, epoch.start_at_ms), 0) * epoch.slot_count
        for index, epoch in enumerate(epochs)
    }
    weight = sum(weights.values())
    if not weight:
        nearest = max((index for index, epoch in enumerate(epochs) if epoch.start_at_ms <= first), default=0)
        return ((nearest, total_ms),)
    return tuple((index, total_ms * part / weight) for index, part in weights.items() if part)

"""Spark's own account of its SQL executions, apart from anything of ours: what the agent's count is held against."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from clusop.clock import SystemClock

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

__all__ = ["Execution", "SparkAccount"]

_CLOCK = SystemClock()

_DRAIN_MS = 60_000
# Spark writes an execution's end into its store a moment after the bus has delivered it.
_SETTLE_S = 10.0
_STEP_S = 0.05


@dataclass(frozen=True, slots=True)
class Execution:
    """One SQL execution as Spark keeps it. ``root`` is the execution it serves, itself where it serves none; ``plan`` is the
    text of its physical plan as Spark shows it in its UI; ``error`` what it ended with, ``""`` for success.
    """

    id: int
    root: int
    description: str
    plan: str
    error: str
    is_finished: bool


class SparkAccount:
    """Reads the store behind Spark's SQL page, over Py4J."""

    def __init__(self, spark: SparkSession) -> None:
        self._store: Any = spark._jsparkSession.sharedState().statusStore()
        self._context: Any = spark.sparkContext._jsc.sc()

    def drain(self) -> None:
        """Wait until the bus has delivered all that happened so far. Raises Py4J's error where it takes over a minute."""
        self._context.listenerBus().waitUntilEmpty(_DRAIN_MS)

    def last_id(self) -> int:
        """The newest execution's id; -1 before the first."""
        listed = self._store.executionsList()
        return max((int(listed.apply(at).executionId()) for at in range(listed.size())), default=-1)

    def after(self, last: int) -> tuple[Execution, ...]:
        """Every execution with an id above ``last``, by id."""
        listed = self._store.executionsList()
        found = []
        for at in range(listed.size() - 1, -1, -1):
            entry = listed.apply(at)
            if int(entry.executionId()) > last:
                found.append(_execution(entry))
        return tuple(sorted(found, key=lambda one: one.id))

    def finished_after(self, last: int) -> tuple[Execution, ...]:
        """As :meth:`after`, once all of them have ended; after ten seconds as they then are."""
        deadline = _CLOCK.monotonic_ms() / 1000 + _SETTLE_S
        self.drain()
        found = self.after(last)
        while not all(one.is_finished for one in found) and _CLOCK.monotonic_ms() / 1000 < deadline:
            time.sleep(_STEP_S)
            found = self.after(last)
        return found


def _execution(entry: Any) -> Execution:  # Any: Spark's SQLExecutionUIData behind Py4J
    number = int(entry.executionId())
    # Spark before 3.4 keeps no root.
    root = int(entry.rootExecutionId()) if hasattr(entry, "rootExecutionId") else number
    error = entry.errorMessage()
    return Execution(
        id=number,
        root=root,
        description=str(entry.description() or ""),
        plan=str(entry.physicalPlanDescription() or ""),
        error=str(error.get()) if error.isDefined() else "",
        is_finished=bool(entry.completionTime().isDefined()),
    )

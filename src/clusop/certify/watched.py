"""The shipped agent, asked as a user asks it: ``clusop.arm()``, ``clusop.report()``, ``clusop.status()``."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import clusop
from clusop.clock import SystemClock

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pyspark.sql import SparkSession

__all__ = ["NotArmedError", "Watched"]

_CLOCK = SystemClock()

_PATIENCE_S = 15.0
_STEP_S = 0.05


class NotArmedError(RuntimeError):
    """The agent did not arm; the message says why."""


class Watched:
    """Arms the agent and reads its rows. ``rows`` are by execution id and survive the agent's own bound on them."""

    def __init__(self, spark: SparkSession) -> None:
        self._spark = spark
        self._rows: dict[int, Mapping[str, Any]] = {}
        self._twice: set[int] = set()
        status = clusop.arm(report_all="true")
        deadline = _CLOCK.monotonic_ms() / 1000 + _PATIENCE_S
        while not status.is_armed and _CLOCK.monotonic_ms() / 1000 < deadline:
            time.sleep(_STEP_S)
            status = clusop.status()
        if not status.is_armed:
            why = " ".join(reason.sentence for reason in status.reasons) or f"its state is {status.state}"
            raise NotArmedError(f"clusop's agent did not arm: {why}")

    def rows_of(self, executions: Iterable[int]) -> dict[int, Mapping[str, Any]]:
        """The agent's rows of these executions; one that does not come within 15 s is left out."""
        wanted = set(executions)
        deadline = _CLOCK.monotonic_ms() / 1000 + _PATIENCE_S
        self._look()
        while not wanted <= self._rows.keys() and _CLOCK.monotonic_ms() / 1000 < deadline:
            time.sleep(_STEP_S)
            self._look()
        return {number: self._rows[number] for number in sorted(wanted & self._rows.keys())}

    def told_twice(self) -> tuple[int, ...]:
        """Executions of which the agent told more than one row at once."""
        return tuple(sorted(self._twice))

    def _look(self) -> None:
        seen: set[int] = set()
        for row in clusop.report(self._spark, everybody=True).rows:
            number = int(row["execution"])
            if number in seen:
                self._twice.add(number)
            seen.add(number)
            self._rows[number] = row

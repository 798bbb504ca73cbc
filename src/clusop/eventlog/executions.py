"""Executions: SQL executions from their start to their end, with the newest plan the log shows of each."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from clusop.analysis.observed import RunStatus
from clusop.eventlog.environment import ENGINE_SWITCHES
from clusop.eventlog.events import NoEventError, decode_event, read_integer
from clusop.plan.plan_info import read_plan_info
from clusop.plan.reading import Phase
from clusop.plan.text import read_explain_text

if TYPE_CHECKING:
    from clusop.eventlog.events import Event
    from clusop.plan.reading import PlanReading

__all__ = ["Execution", "Executions"]

_UPDATE_HEAD = re.compile(
    rb'\{"Event":"org\.apache\.spark\.sql\.execution\.ui\.SparkListenerSQLAdaptiveExecutionUpdate","executionId":(\d+),'
)
_MAX_DESCRIPTION_CHARS = 1000
_ADAPTIVE_ROOT = "AdaptiveSparkPlan"
_COMMAND_ROOT = "Execute "
_SWITCHES = frozenset(name for names in ENGINE_SWITCHES.values() for name in names)


@dataclass(slots=True)
class Execution:
    """One execution while the log is read. ``start_record`` and ``newest_update`` are raw and dropped once parsed."""

    execution_id: int
    root_id: int
    description: str = ""
    start_at_ms: int | None = None
    end_at_ms: int | None = None
    was_started: bool = False
    error: str | None = None
    modified: dict[str, str] = field(default_factory=dict)
    driver_accumulators: dict[int, int] = field(default_factory=dict)
    readings: tuple[PlanReading, ...] = ()
    text: PlanReading | None = None
    start_root: str = ""
    start_record: bytes = b""
    newest_update: bytes = b""

    def status(self, *, has_failed_job: bool) -> RunStatus:
        """How it ended. Spark tells an error since 3.4 (``""`` is success); before, a failed job tells."""
        if self.end_at_ms is None:
            return RunStatus.RUNNING if self.was_started else RunStatus.UNKNOWN
        if self.error is None:
            return RunStatus.FAILED if has_failed_job else RunStatus.SUCCEEDED
        return RunStatus.FAILED if self.error else RunStatus.SUCCEEDED


class Executions:
    """Collects executions. Per execution that runs it holds two raw records at most; per ended one its parsed plans.
    ``damaged_count`` counts adaptive updates that turned out to be no JSON when they were parsed.
    """

    def __init__(self) -> None:
        self._by_id: dict[int, Execution] = {}
        self.damaged_count = 0

    def started(self, event: Event, record: bytes) -> Execution:
        """``SparkListenerSQLExecutionStart``. Of its configs only the engines' switches are kept."""
        execution = self._get(int(event["executionId"]))
        root_id = read_integer(event.get("rootExecutionId"))
        execution.root_id = execution.execution_id if root_id is None else root_id
        execution.description = str(event.get("description") or "")[:_MAX_DESCRIPTION_CHARS]
        execution.start_at_ms = read_integer(event.get("time"))
        execution.was_started = True
        modified = event.get("modifiedConfigs")
        if isinstance(modified, dict):
            execution.modified = {name: str(modified[name]) for name in _SWITCHES if name in modified}
        info = event.get("sparkPlanInfo")
        execution.start_root = str(info.get("nodeName", "")).strip() if isinstance(info, dict) else ""
        execution.start_record = record
        if execution.end_at_ms is not None:  # the log is out of order
            self._parse(execution)
        return execution

    def updated(self, record: bytes) -> None:
        """``SparkListenerSQLAdaptiveExecutionUpdate``: only the newest is kept, and not decoded before the end."""
        head = _UPDATE_HEAD.match(record)
        execution_id = int(head[1]) if head is not None else int(decode_event(record)["executionId"])
        execution = self._get(execution_id)
        execution.newest_update = record
        if execution.start_root == _ADAPTIVE_ROOT:
            execution.start_record = b""
        if execution.end_at_ms is not None:
            self._parse(execution)

    def accumulated(self, event: Event) -> None:
        """``SparkListenerDriverAccumUpdates``: a metric the driver raises several times counts with the sum, as in Spark's UI."""
        accumulators = self._get(int(event["executionId"])).driver_accumulators
        for identifier, value in event["accumUpdates"]:
            accumulators[int(identifier)] = accumulators.get(int(identifier), 0) + int(value)

    def ended(self, event: Event) -> Execution:
        """``SparkListenerSQLExecutionEnd``. What the error says is not kept, only that there was one."""
        execution = self._get(int(event["executionId"]))
        execution.end_at_ms = read_integer(event.get("time")) or 0
        error = event.get("errorMessage")
        execution.error = None if error is None else "failed" if str(error) else ""
        self._parse(execution)
        return execution

    def finished(self) -> dict[int, Execution]:
        """All executions by id; the plans of those still running are parsed now."""
        for execution in self._by_id.values():
            self._parse(execution)
        return self._by_id

    def _get(self, execution_id: int) -> Execution:
        execution = self._by_id.get(execution_id)
        if execution is None:
            execution = self._by_id[execution_id] = Execution(execution_id, execution_id)
        return execution

    def _parse(self, execution: Execution) -> None:
        try:
            _read_plans(execution)
        except NoEventError:
            self.damaged_count += 1


def _read_plans(execution: Execution) -> None:
    """Read the newest plan. An adaptive update that does not show the execution's own plan is a graph beside it: Spark reports
    the plan that fills a cache, or that a command runs inside, under the execution it runs in, in place of its own.
    """
    update, start = execution.newest_update, execution.start_record
    execution.newest_update = execution.start_record = b""
    readings: list[PlanReading] = []
    text: PlanReading | None = None
    if update:
        reading, text = _read(update, Phase.CURRENT)
        readings.append(reading)
    if start:
        is_other = bool(update) and execution.start_root != _ADAPTIVE_ROOT and _update_is_other(execution, readings[0])
        if not update or is_other:
            reading, start_text = _read(start, Phase.INITIAL)
            if is_other and not execution.start_root.startswith(_COMMAND_ROOT):
                readings.insert(0, reading)
                text = start_text
            else:
                readings.append(reading)
                text = text or start_text
    if readings:
        execution.readings, execution.text = tuple(readings), text


def _update_is_other(execution: Execution, update: PlanReading) -> bool:
    root = update.plan.operators[0].name if update.plan is not None and update.plan.operators else ""
    return root == _ADAPTIVE_ROOT and execution.start_root != ""


def _read(record: bytes, phase_hint: Phase) -> tuple[PlanReading, PlanReading | None]:
    event = decode_event(record)
    description = event.get("physicalPlanDescription")
    text = read_explain_text(description) if isinstance(description, str) and description else None
    return read_plan_info(event.get("sparkPlanInfo"), phase_hint=phase_hint), text

"""TaskEnd: the bulk of every log, so a successful task is read by a bounded search and only the rest is decoded.

The search trusts its anchors only where Spark puts them: the head of the record up to ``Accumulables`` must match in full, in
Spark's order of keys, and ``Task Metrics`` must begin with the three fields Spark begins it with. A quote inside a JSON string is
escaped, so no text in the record can look like an anchor. Anything else is decoded as a whole.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from clusop.eventlog.events import read_integer

if TYPE_CHECKING:
    from clusop.eventlog.events import Event

__all__ = ["NATIVE_TIME", "RUN_TIME", "TaskEnd", "glance", "task_end_of"]

RUN_TIME = "internal.metrics.executorRunTime"
"""Task accumulable: run time, ms."""
NATIVE_TIME = "internal.metrics.photonizedTaskTimeNs"
"""Task accumulable: time in Photon, ns; absent where none ran (DESIGN §5)."""

_HEAD = re.compile(
    rb'\{"Event":"SparkListenerTaskEnd","Stage ID":(\d+),"Stage Attempt ID":(\d+),"Task Type":"\w*",'
    rb'"Task End Reason":\{"Reason":"Success"\},"Task Info":\{"Task ID":\d+,"Index":\d+,"Attempt":\d+,'
    rb'(?:"Partition ID":-?\d+,)?"Launch Time":(\d+),"Executor ID":"[^"\\]*","Host":"[^"\\]*","Locality":"\w*",'
    rb'"Speculative":(?:false|(true)),"Getting Result Time":\d+,"Finish Time":(\d+),"Failed":false,"Killed":false,'
    rb'"Accumulables":\['
)
_METRICS_AT = b'"Task Metrics":{'
_METRICS = re.compile(
    rb'"Task Metrics":\{"Executor Deserialize Time":\d+,(?:"Executor Deserialize CPU Time":\d+,)?"Executor Run Time":(\d+)[,}]'
)
_NATIVE_AT = b'"internal.metrics.photonizedTaskTimeNs"'
_NATIVE_UPDATE = re.compile(rb',"Update":(\d+)[,}]')


@dataclass(frozen=True, slots=True)
class TaskEnd:
    """What one ended task tells.

    ``run_ms`` is its run time. ``counted_run_ms`` and ``counted_native_ns`` are what it added to its stage's sums (its
    accumulables): nothing where the driver never took its updates (a lost executor, a losing copy), ``None`` native where
    it brought none. ``is_success`` is false for failed, killed and losing tasks.
    """

    stage_id: int
    attempt: int
    launched_at_ms: int
    finished_at_ms: int
    run_ms: int
    native_ns: int | None
    is_success: bool = True
    is_killed: bool = False
    is_speculative: bool = False
    counted_run_ms: int = 0


def glance(line: bytes) -> TaskEnd | None:
    """A successful task's end read by search; ``None`` where the record must be decoded.

    Raises nothing. A record damaged behind the places looked at is not noticed here.
    """
    head = _HEAD.match(line)
    if head is None or not line.endswith(b"}"):
        return None
    metrics = _METRICS.match(line, line.rfind(_METRICS_AT))
    if metrics is None:
        return None
    native_ns = None
    native_at = line.find(_NATIVE_AT, head.end())
    if native_at >= 0:
        update = _NATIVE_UPDATE.match(line, native_at + len(_NATIVE_AT))
        if update is None:
            return None
        native_ns = int(update[1])
    stage_id, attempt, launched, speculative, finished = head.groups()
    run_ms = int(metrics[1])
    return TaskEnd(
        int(stage_id),
        int(attempt),
        int(launched),
        int(finished),
        run_ms,
        native_ns,
        is_speculative=speculative is not None,
        counted_run_ms=run_ms,
    )


def task_end_of(event: Event) -> TaskEnd:
    """The same from a decoded record, however the task ended. Raises ``KeyError``, ``TypeError``, ``ValueError`` on odd shapes.

    Where a task that did not succeed reports no run time (its executor was lost), its time in the slot stands for it.
    """
    info: Event = event["Task Info"]
    reason = event["Task End Reason"]["Reason"]
    launched, finished = int(info["Launch Time"]), int(info["Finish Time"])
    counted_run_ms, native_ns = _updates(info.get("Accumulables"))
    metrics = event.get("Task Metrics")
    run_ms = read_integer(metrics.get("Executor Run Time")) if isinstance(metrics, dict) else None
    run_ms = counted_run_ms if run_ms is None else run_ms
    is_success = reason == "Success" and not info.get("Failed") and not info.get("Killed")
    if not is_success and not run_ms:
        run_ms = max(finished - launched, 0)
    return TaskEnd(
        int(event["Stage ID"]),
        int(event.get("Stage Attempt ID", 0)),
        launched,
        finished,
        run_ms or 0,
        native_ns,
        is_success=is_success,
        is_killed=not is_success and (reason == "TaskKilled" or bool(info.get("Killed"))),
        is_speculative=bool(info.get("Speculative")),
        counted_run_ms=(run_ms or 0) if is_success else (counted_run_ms or 0),
    )


def _updates(accumulables: Any) -> tuple[int | None, int | None]:
    run_ms = native_ns = None
    for entry in accumulables or ():
        if entry.get("Name") == RUN_TIME:
            run_ms = read_integer(entry.get("Update"))
        elif entry.get("Name") == NATIVE_TIME:
            native_ns = read_integer(entry.get("Update"))
    return run_ms, native_ns

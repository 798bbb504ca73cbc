"""Events: which kinds of event carry something clusop needs, and one event decoded."""

from __future__ import annotations

import json
import re
from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeAlias

from clusop.plan.json_text import JsonTextError, decode_json

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Event", "NoEventError", "carries_nothing", "decode_event", "event_kind", "read_integer", "short_kind"]

Event: TypeAlias = dict[str, Any]  # JSON of unknown shape; the handlers check what they take

_HEAD = b'{"Event":"'
_MAX_KIND_BYTES = 200
_SQL_UI = "org.apache.spark.sql.execution.ui."
_NOTHING_NEEDED = frozenset(
    {
        "SparkListenerTaskStart",
        "SparkListenerTaskGettingResult",
        "SparkListenerSpeculativeTaskSubmitted",
        "SparkListenerBlockManagerAdded",
        "SparkListenerBlockManagerRemoved",
        "SparkListenerBlockUpdated",
        "SparkListenerUnpersistRDD",
        "SparkListenerExecutorMetricsUpdate",
        "SparkListenerStageExecutorMetrics",
        "SparkListenerExecutorBlacklisted",
        "SparkListenerExecutorBlacklistedForStage",
        "SparkListenerExecutorUnblacklisted",
        "SparkListenerExecutorExcluded",
        "SparkListenerExecutorExcludedForStage",
        "SparkListenerExecutorUnexcluded",
        "SparkListenerNodeBlacklisted",
        "SparkListenerNodeBlacklistedForStage",
        "SparkListenerNodeUnblacklisted",
        "SparkListenerNodeExcluded",
        "SparkListenerNodeExcludedForStage",
        "SparkListenerNodeUnexcluded",
        "SparkListenerUnschedulableTaskSetAdded",
        "SparkListenerUnschedulableTaskSetRemoved",
        "SparkListenerResourceProfileAdded",
        "SparkListenerMiscellaneousProcessAdded",
        "SparkListenerSQLAdaptiveSQLMetricUpdates",
        "SparkListenerSQLPartitionMetrics",
    }
)
_NOTHING_NEEDED_STARTS = (
    "org.apache.spark.sql.catalyst.catalog.",
    "org.apache.spark.sql.connect.service.",
    "org.apache.spark.sql.hive.thriftserver.",
    "org.apache.spark.sql.streaming.",
)
_INTEGER = re.compile(r"[+-]?\d{1,19}")


def _fastest_decoder() -> Callable[[bytes], object]:
    try:
        loads: Callable[[bytes], object] = import_module("orjson").loads
    except ImportError:  # the extra [log] is not installed: slower, same answers
        return json.loads
    return loads


_loads = _fastest_decoder()


class NoEventError(ValueError):
    """A record is no JSON object with an ``Event``."""


def event_kind(line: bytes) -> str:
    """The kind of the event in ``line`` by its first bytes, ``""`` where they do not tell."""
    if not line.startswith(_HEAD):
        return ""
    end = line.find(b'"', len(_HEAD), len(_HEAD) + _MAX_KIND_BYTES)
    return line[len(_HEAD) : end].decode("utf-8", errors="replace") if end > 0 else ""


def short_kind(kind: str) -> str:
    """``SparkListenerSQLExecutionStart`` for Spark's own SQL event of that name; every other kind as it is."""
    return kind.removeprefix(_SQL_UI)


def carries_nothing(kind: str) -> bool:
    """Whether events of this (short) kind are known and hold nothing clusop needs, so that they are not decoded."""
    return kind in _NOTHING_NEEDED or kind.startswith(_NOTHING_NEEDED_STARTS)


def decode_event(line: bytes) -> Event:
    """The event in ``line``, of any depth. Raises :class:`NoEventError`."""
    value: object
    try:
        value = _loads(line)
    except (ValueError, RecursionError):
        try:
            value = decode_json(line)
        except JsonTextError as error:
            raise NoEventError(str(error)) from None
    if not isinstance(value, dict) or not isinstance(value.get("Event"), str):
        message = "no object with an Event"
        raise NoEventError(message)
    return value


def read_integer(value: object) -> int | None:
    """An integer written as number or as text (SQL metrics are text); ``None`` for all else. A whole float counts."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str) and _INTEGER.fullmatch(value):
        return int(value)
    return None

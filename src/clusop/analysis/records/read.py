"""Read a line into a record, or say why it is none."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeAlias

from clusop.analysis.records.agent_state import AGENT_STATE, AgentState
from clusop.analysis.records.envelope import VERSION
from clusop.analysis.records.line import MAX_RECORD_BYTES
from clusop.analysis.records.shape import Record, ShapeError
from clusop.analysis.records.signal import SIGNAL, Signal
from clusop.analysis.records.usage_hour import USAGE_HOUR, UsageHour
from clusop.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["RECORDS", "WireRecord", "read_record"]

WireRecord: TypeAlias = Signal | UsageHour | AgentState

# Any: a dictionary of records of different types; each makes its own.
RECORDS: Mapping[str, Record[Any]] = {"signal": SIGNAL, "usage-hour": USAGE_HOUR, "agent-state": AGENT_STATE}
"""The records of version 1, by name."""
_MAX_DETAIL_CHARS = 200
_MAX_INTEGER_CHARS = 20


def read_record(line: bytes) -> WireRecord | Reason:
    """The record in one line (its line break may be there), or the reason why it is refused.

    ``too-large`` above 8 KiB, ``not-a-record`` for what is no JSON object, ``unknown-record`` for a kind or version not
    known here (an agent newer than this reader), ``malformed-record`` for a field of the wrong form, which it names. Fields
    of no known name are tolerated.
    """
    line = line.removesuffix(b"\n")
    if len(line) > MAX_RECORD_BYTES:
        return Reason("record-too-large", f"{len(line)} bytes")
    try:
        document = json.loads(line.decode("utf-8"), parse_constant=_refused, parse_int=_integer)
    except (ValueError, RecursionError):
        return Reason("not-a-record")
    if not isinstance(document, dict):
        return Reason("not-a-record")
    kind, version = document.get("record"), document.get("version")
    shape = RECORDS.get(kind) if isinstance(kind, str) else None
    if shape is None or type(version) is not int or version != VERSION:
        return Reason("unknown-record", f"{str(kind)[:32]!r}, version {str(version)[:16]}")
    try:
        made: WireRecord = shape.read(document, str(kind))
    except ShapeError as error:
        return Reason("malformed-record", str(error)[:_MAX_DETAIL_CHARS])
    return made


def _refused(word: str) -> float:
    raise ValueError(word)


def _integer(digits: str) -> int:
    # Python refuses integers of thousands of digits with an error of its own. Cut, it is still beyond all that a field may hold,
    # and the field is named.
    return int(digits[:_MAX_INTEGER_CHARS])

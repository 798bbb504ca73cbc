"""UsageHour v1: what one agent saw of one UTC hour of one cluster. Cumulative: of one hour the highest revision counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from clusop.analysis.records import gate
from clusop.analysis.records.envelope import TIME, envelope
from clusop.analysis.records.shape import Members, Nullable, Record, Text, Whole
from clusop.units import MS_PER_HOUR

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["USAGE_HOUR", "UsageHour"]

_MAX_NODE_TYPES = 16


@dataclass(frozen=True, slots=True)
class UsageHour:
    """Slot-milliseconds of one hour. ``slot_ms`` is what was there, by node type (``""`` where it is not known);
    ``busy_ms`` what tasks used; ``native_ms``, ``non_sql_ms``, ``failed_ms`` and ``lost_ms`` are parts of it.
    """

    record: str
    version: int
    agent: str
    sequence: int
    workspace: str
    cluster: str
    hour_at_ms: int
    revision: int
    slot_ms: Mapping[str, int]
    busy_ms: int
    native_ms: int | None
    non_sql_ms: int
    failed_ms: int
    lost_ms: int
    armed_since_at_ms: int


def _rule(hour: UsageHour) -> str:
    return "begins at no full hour" if hour.hour_at_ms % MS_PER_HOUR else ""


USAGE_HOUR = Record(
    UsageHour,
    {
        **envelope("usage-hour"),
        "cluster": Text(gate.CLUSTER),
        "hour_at_ms": TIME,
        "revision": Whole(1),
        "slot_ms": Members(gate.NODE_TYPE, Whole(), _MAX_NODE_TYPES),
        "busy_ms": Whole(),
        "native_ms": Nullable(Whole()),
        "non_sql_ms": Whole(),
        "failed_ms": Whole(),
        "lost_ms": Whole(),
        "armed_since_at_ms": TIME,
    },
    rule=_rule,
)

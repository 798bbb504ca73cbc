"""What agents saw of the hours of clusters: the witness that an hour of the bill is shared out by."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from clusop.analysis.records.shape import ShapeError
from clusop.analysis.records.signal import SHAPE
from clusop.service.store.tables.agents import agents, usage_hours

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection

    from clusop.analysis.records.signal import SignalShape

__all__ = ["AgentHour", "Known", "Seen", "read_known", "read_seen"]


@dataclass(frozen=True, slots=True)
class AgentHour:
    """One agent in one hour, slot-ms. ``is_last``: it told of no later hour. ``last_told_at_ms``: the latest time that any record
    of it tells, signals by their start. ``shape`` is ``None`` where it told none.
    """

    agent_id: int
    workspace: str
    hour_at_ms: int
    slots_by_node_type: Mapping[str, int]
    busy_ms: int
    not_sql_or_failed_ms: int
    armed_since_at_ms: int
    started_at_ms: int | None
    is_last: bool
    last_told_at_ms: int
    shape: SignalShape | None

    @property
    def slot_ms(self) -> int:
        """Slot time that was there."""
        return sum(self.slots_by_node_type.values())


@dataclass(frozen=True, slots=True)
class Seen:
    """All agents' hours in a span of time, by cluster and hour."""

    hours: Mapping[tuple[str, int], Sequence[AgentHour]]

    def of(self, workspace: str, cluster: str, hour_at_ms: int) -> list[AgentHour]:
        """Those of one cluster's hour. An agent that could not tell its workspace by id is known by its cluster."""
        return [
            one
            for one in self.hours.get((cluster, hour_at_ms), ())
            if one.workspace == workspace or _is_untold(one.workspace)
        ]


def read_seen(connection: Connection, from_ms: int, to_ms: int) -> Seen:
    """The hours that began in ``[from_ms, to_ms)``."""
    last = (
        select(usage_hours.c.agent_id, func.max(usage_hours.c.hour_at_ms).label("last_at_ms"))
        .where(usage_hours.c.hour_at_ms >= from_ms)
        .group_by(usage_hours.c.agent_id)
        .subquery()
    )
    rows = connection.execute(
        select(
            usage_hours,
            *(agents.c[name] for name in ("workspace", "shape", "started_at_ms", "last_told_at_ms")),
            last.c.last_at_ms,
        )
        .join(agents, agents.c.id == usage_hours.c.agent_id)
        .join(last, last.c.agent_id == usage_hours.c.agent_id)
        .where(usage_hours.c.hour_at_ms >= from_ms, usage_hours.c.hour_at_ms < to_ms, usage_hours.c.cluster != "")
        .order_by(usage_hours.c.agent_id)
    ).mappings()
    found: dict[tuple[str, int], list[AgentHour]] = {}
    for row in rows:
        hour = AgentHour(
            agent_id=row["agent_id"],
            workspace=row["workspace"],
            hour_at_ms=row["hour_at_ms"],
            slots_by_node_type=json.loads(row["slots_by_node_type"]),
            busy_ms=row["busy_ms"],
            # What was lost of work that is no SQL is in both: no more than busy in the end.
            not_sql_or_failed_ms=min(row["busy_ms"], row["non_sql_ms"] + row["failed_ms"] + row["lost_ms"]),
            armed_since_at_ms=row["armed_since_at_ms"],
            started_at_ms=row["started_at_ms"],
            is_last=row["hour_at_ms"] == row["last_at_ms"],
            last_told_at_ms=row["last_told_at_ms"],
            shape=_shape(row["shape"]),
        )
        found.setdefault((row["cluster"], hour.hour_at_ms), []).append(hour)
    return Seen(found)


@dataclass(frozen=True, slots=True)
class Known:
    """Whose bill is read: the ``workspaces`` that agents named, and the ``clusters`` of agents that could not name theirs."""

    workspaces: frozenset[str]
    clusters: frozenset[str]

    @property
    def is_nothing(self) -> bool:
        """Whether no agent was ever heard of."""
        return not self.workspaces and not self.clusters

    @property
    def asked_for(self) -> frozenset[str]:
        """What the bill is asked for; nothing is all of the account, where a cluster's workspace must be found out."""
        return frozenset() if self.clusters else self.workspaces

    def is_ours(self, workspace: str, cluster: str) -> bool:
        """Whether a row of the bill is of these."""
        return workspace in self.workspaces or cluster in self.clusters


def read_known(connection: Connection) -> Known:
    """From all agents that are kept."""
    named = frozenset(
        name for name in connection.execute(select(agents.c.workspace).distinct()).scalars() if not _is_untold(name)
    )
    untold = select(agents.c.cluster).where(
        (agents.c.workspace == "") | agents.c.workspace.startswith("~"), agents.c.cluster != ""
    )
    return Known(named, frozenset(connection.execute(untold.distinct()).scalars()))


def _is_untold(workspace: str) -> bool:
    return not workspace or workspace.startswith("~")


def _shape(told: str) -> SignalShape | None:
    try:
        return SHAPE.read(json.loads(told), "shape")
    except ShapeError:
        return None

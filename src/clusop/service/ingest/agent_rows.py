"""The agents of a group of batches: found or made, locked in the order of their ids, and written back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select

from clusop.service.ingest.intervals import Intervals
from clusop.service.store.again import LostRaceError
from clusop.service.store.many import Many
from clusop.service.store.tables.agents import FILES, LIVE, LOG, agents
from clusop.service.store.upsert import chunks, inserting

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy import Connection, Row

    from clusop.service.ingest.seen import SeenState

__all__ = ["AgentKey", "AgentRow", "held_agents", "known_agents", "write_agents"]

AgentKey = tuple[str, str]
"""Workspace and agent."""

_STATE_COLUMNS = (
    "workload", "task_key", "clusop", "spark", "scala", "java", "dbr", "image", "engine", "doors", "losses", "executions",
    "unknown", "late_armed", "breaker", "off", "is_final", "armed_since_at_ms",
)  # fmt: skip


_HELD = tuple(
    agents.c[name]
    for name in (
        "id", "workspace", "agent", "horizon_at_ms", "last_told_at_ms", "cluster", "compute", "shape", "state_sequence",
        "compute_sequence", "shape_sequence", "signal_count", "accepted", "source",
    )
)  # fmt: skip
# The strongest witness counts, whatever the order: who ever spoke live is a driver's agent.
_SOURCES = ("", LOG, FILES, LIVE)


@dataclass(slots=True)
class AgentRow:
    """An agent as this transaction has it."""

    id: int
    horizon_at_ms: int
    last_told_at_ms: int
    cluster: str
    compute: str
    shape: str
    state_sequence: int
    compute_sequence: int
    shape_sequence: int
    signal_count: int
    accepted: Intervals
    source: str
    newest: SeenState | None = None
    newest_source: str = ""
    # Before this transaction, where it tells another one; ``None`` where it does not.
    compute_before: str | None = None
    touched: bool = False
    # Hashes of what this transaction takes, by sequence.
    fresh: dict[int, bytes] = field(default_factory=dict)

    def take_source(self, source: str) -> None:
        """How a record of it came."""
        self.source = max(self.source, source, key=_SOURCES.index)

    def take_state(self, state: SeenState, source: str) -> None:
        """An account that may be newer than the one at hand. Compute definition and shape are those of the newest that told
        them, which need not be the newest of all.
        """
        if state.shape != "null" and state.sequence > self.shape_sequence:
            self.shape, self.shape_sequence = state.shape, state.sequence
        if state.compute and state.sequence > self.compute_sequence:
            if self.compute_before is None:
                self.compute_before = self.compute
            self.compute, self.compute_sequence = state.compute, state.sequence
        if state.sequence > self.state_sequence:
            self.state_sequence, self.newest, self.newest_source = state.sequence, state, source
            self.cluster = state.cluster or self.cluster


def known_agents(connection: Connection, keys: Iterable[AgentKey]) -> set[AgentKey]:
    """Which of ``keys`` are in the table."""
    return {(row.workspace, row.agent) for row in _rows(connection, keys, agents.c.workspace, agents.c.agent)}


def held_agents(
    connection: Connection, keys: set[AgentKey], new: Mapping[AgentKey, int], now_ms: int
) -> dict[AgentKey, AgentRow]:
    """The rows of ``keys``, locked. Those of ``new`` are made, with the horizon they are judged by.

    Rows are made in the order of their keys and locked in the order of their ids, so that two transactions never wait for
    each other in a circle. Raises ``LostRaceError``.
    """
    if new:
        made = [
            {
                "workspace": workspace,
                "agent": agent,
                "horizon_at_ms": horizon_at_ms,
                "first_arrived_at_ms": now_ms,
                "last_arrived_at_ms": now_ms,
            }
            for (workspace, agent), horizon_at_ms in sorted(new.items())
        ]
        connection.execute(inserting(connection, agents).on_conflict_do_nothing(), made)
    ids = sorted(row.id for row in _rows(connection, keys, agents.c.id))
    held: dict[AgentKey, AgentRow] = {}
    for chunk in chunks(ids):
        for row in connection.execute(
            select(*_HELD).where(agents.c.id.in_(chunk)).order_by(agents.c.id).with_for_update()
        ):
            held[row.workspace, row.agent] = AgentRow(
                row.id,
                row.horizon_at_ms,
                row.last_told_at_ms,
                row.cluster,
                row.compute,
                row.shape,
                row.state_sequence,
                row.compute_sequence,
                row.shape_sequence,
                row.signal_count,
                Intervals.parse(row.accepted),
                row.source,
            )
    if len(held) < len(keys):
        raise LostRaceError
    return held


def write_agents(connection: Connection, rows: Iterable[AgentRow], now_ms: int) -> None:
    """Write back what changed."""
    touched = sorted((row for row in rows if row.touched), key=lambda row: row.id)
    if not touched:
        return
    _UPDATE_ALL.run(
        connection,
        [
            (
                row.accepted.text(),
                row.signal_count,
                row.cluster,
                row.compute,
                row.compute_sequence,
                row.shape,
                row.shape_sequence,
                now_ms,
                row.last_told_at_ms,
                row.source,
                row.id,
            )
            for row in touched
        ],
    )
    told = [_state(row, row.newest, now_ms) for row in touched if row.newest is not None]
    if told:
        connection.execute(_UPDATE_STATE, told)


_COLUMNS = (
    "accepted", "signal_count", "cluster", "compute", "compute_sequence", "shape", "shape_sequence", "last_arrived_at_ms",
    "last_told_at_ms", "source",
)  # fmt: skip
_UPDATE_ALL = Many(
    agents.update().where(agents.c.id == bindparam("row_id")).values({name: bindparam(name) for name in _COLUMNS}),
    (*_COLUMNS, "row_id"),
)
_UPDATE_STATE = (
    agents.update()
    .where(agents.c.id == bindparam("row_id"))
    .values({name: bindparam(name) for name in (*_STATE_COLUMNS, "started_at_ms", "state_sequence", "behind_ms")})
)


def _state(row: AgentRow, state: SeenState, now_ms: int) -> dict[str, object]:
    return {
        "row_id": row.id,
        **{name: getattr(state, name) for name in _STATE_COLUMNS},
        "started_at_ms": state.start_at_ms,
        "state_sequence": state.sequence,
        "behind_ms": now_ms - state.at_ms if row.newest_source == LIVE else None,
    }


def _rows(
    connection: Connection, keys: Iterable[AgentKey], *columns: Any
) -> list[Row[Any]]:  # Any: columns of any type
    by_workspace: dict[str, list[str]] = {}
    for workspace, agent in keys:
        by_workspace.setdefault(workspace, []).append(agent)
    return [
        row
        for workspace, named in sorted(by_workspace.items())
        for chunk in chunks(named)
        for row in connection.execute(
            select(*columns).where(agents.c.workspace == workspace, agents.c.agent.in_(chunk))
        )
    ]

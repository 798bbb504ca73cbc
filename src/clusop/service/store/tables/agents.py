"""Agents, one a JVM start; what they saw of each hour; and what is left of agents past the retention horizon."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
    false,
)

from clusop.service.store.tables.columns import big, key, metadata, text

__all__ = ["FILES", "LIVE", "LOG", "agent_days", "agents", "other_records", "usage_hours"]

LIVE, FILES, LOG = "live", "files", "log"
"""How the records of an agent come: from its driver as it runs, in files that were collected, as what an event log told."""

agents = Table(
    "agents",
    metadata,
    key(),
    text("workspace"),
    text("agent"),
    # How its records come: live, files (collected), log (an event log's findings); "" before the first is taken.
    text("source"),
    text("cluster"),
    text("compute"),
    text("workload"),
    text("task_key"),
    text("clusop"),
    text("spark"),
    text("scala"),
    text("java"),
    text("dbr"),
    text("image"),
    text("engine"),
    # JSON of the newest state that told it; "null" where none did.
    text("shape", "null"),
    text("doors", "[]"),
    text("losses", "{}"),
    text("executions", "{}"),
    text("unknown", "{}"),
    big("late_armed"),
    text("breaker"),
    text("off"),
    Column("is_final", Boolean, nullable=False, server_default=false()),
    big("started_at_ms", default=None),
    big("armed_since_at_ms", default=None),
    big("state_sequence"),
    # Of the newest states that told a compute definition and a shape.
    big("compute_sequence"),
    big("shape_sequence"),
    # By our clock.
    big("first_arrived_at_ms"),
    big("last_arrived_at_ms"),
    # Ours less the driver's clock at the newest state: its skew, network and waiting included. Null where the state came in
    # a file: how long that lay there says nothing of a clock.
    big("behind_ms", default=None),
    # Records from before it are too old: retention may have taken an earlier row of this agent away.
    big("horizon_at_ms"),
    # The latest time any of its records tells: before the horizon, none of them can come again.
    big("last_told_at_ms"),
    # Accepted sequences as JSON: [[first, last], …], in order, never touching.
    text("accepted", "[]"),
    big("signal_count"),
    UniqueConstraint("workspace", "agent"),
    Index(None, "last_arrived_at_ms"),
    Index(None, "workspace", "compute"),
)

# What UsageHour and AgentState records came, for as long as the agent is kept: a repetition must be told from a conflict.
# Signals have rows of their own.
other_records = Table(
    "other_records",
    metadata,
    Column("agent_id", ForeignKey("agents.id", ondelete="CASCADE"), nullable=False),
    big("sequence"),
    Column("content_hash", LargeBinary(32), nullable=False),
    PrimaryKeyConstraint("agent_id", "sequence"),
)

usage_hours = Table(
    "usage_hours",
    metadata,
    Column("agent_id", ForeignKey("agents.id", ondelete="CASCADE"), nullable=False),
    big("hour_at_ms"),
    big("revision"),
    text("cluster"),
    # JSON: slot-ms by node type.
    text("slots_by_node_type", "{}"),
    big("slot_ms"),
    big("busy_ms"),
    big("native_ms", default=None),
    big("non_sql_ms"),
    big("failed_ms"),
    big("lost_ms"),
    big("armed_since_at_ms"),
    PrimaryKeyConstraint("agent_id", "hour_at_ms"),
    Index(None, "cluster", "hour_at_ms"),
)

# Agents past the horizon, as sums of their compute definition (or workload, or cluster, whichever is known) by UTC day.
agent_days = Table(
    "agent_days",
    metadata,
    text("workspace"),
    text("compute"),
    big("day"),
    big("agent_count"),
    big("without_goodbye"),
    big("signal_count"),
    big("missing_count"),
    big("slot_ms"),
    big("busy_ms"),
    big("native_ms"),
    big("native_unknown_ms"),
    big("non_sql_ms"),
    big("failed_ms"),
    big("lost_ms"),
    text("losses", "{}"),
    PrimaryKeyConstraint("workspace", "compute", "day"),
)

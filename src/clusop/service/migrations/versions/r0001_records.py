"""Agents, signals, problems, and who may see them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

__all__ = ["upgrade"]

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create the tables of what agents send."""
    op.create_table(
        "agent_days",
        sa.Column("workspace", sa.Text(), server_default="", nullable=False),
        sa.Column("compute", sa.Text(), server_default="", nullable=False),
        sa.Column("day", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("agent_count", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("without_goodbye", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("signal_count", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("missing_count", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("slot_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("busy_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("native_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("native_unknown_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("non_sql_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("failed_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("lost_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("losses", sa.Text(), server_default="{}", nullable=False),
        sa.PrimaryKeyConstraint("workspace", "compute", "day", name=op.f("pk_agent_days")),
    )
    op.create_table(
        "agents",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("workspace", sa.Text(), server_default="", nullable=False),
        sa.Column("agent", sa.Text(), server_default="", nullable=False),
        sa.Column("cluster", sa.Text(), server_default="", nullable=False),
        sa.Column("compute", sa.Text(), server_default="", nullable=False),
        sa.Column("workload", sa.Text(), server_default="", nullable=False),
        sa.Column("task_key", sa.Text(), server_default="", nullable=False),
        sa.Column("clusop", sa.Text(), server_default="", nullable=False),
        sa.Column("spark", sa.Text(), server_default="", nullable=False),
        sa.Column("scala", sa.Text(), server_default="", nullable=False),
        sa.Column("java", sa.Text(), server_default="", nullable=False),
        sa.Column("dbr", sa.Text(), server_default="", nullable=False),
        sa.Column("image", sa.Text(), server_default="", nullable=False),
        sa.Column("engine", sa.Text(), server_default="", nullable=False),
        sa.Column("shape", sa.Text(), server_default="null", nullable=False),
        sa.Column("doors", sa.Text(), server_default="[]", nullable=False),
        sa.Column("losses", sa.Text(), server_default="{}", nullable=False),
        sa.Column("executions", sa.Text(), server_default="{}", nullable=False),
        sa.Column("unknown", sa.Text(), server_default="{}", nullable=False),
        sa.Column("late_armed", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("breaker", sa.Text(), server_default="", nullable=False),
        sa.Column("off", sa.Text(), server_default="", nullable=False),
        sa.Column("is_final", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("started_at_ms", sa.BigInteger(), nullable=True),
        sa.Column("armed_since_at_ms", sa.BigInteger(), nullable=True),
        sa.Column("state_sequence", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("first_arrived_at_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("last_arrived_at_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("behind_ms", sa.BigInteger(), nullable=True),
        sa.Column("horizon_at_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("last_told_at_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("accepted", sa.Text(), server_default="[]", nullable=False),
        sa.Column("signal_count", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agents")),
        sa.UniqueConstraint("workspace", "agent", name=op.f("uq_agents_workspace")),
    )
    op.create_index(op.f("ix_agents_last_arrived_at_ms"), "agents", ["last_arrived_at_ms"], unique=False)
    op.create_index(op.f("ix_agents_workspace"), "agents", ["workspace", "compute"], unique=False)
    op.create_table(
        "audit",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("at_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("actor", sa.Text(), server_default="", nullable=False),
        sa.Column("actor_kind", sa.Text(), server_default="", nullable=False),
        sa.Column("action", sa.Text(), server_default="", nullable=False),
        sa.Column("target", sa.Text(), server_default="", nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("detail", sa.Text(), server_default="{}", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_index(op.f("ix_audit_at_ms"), "audit", ["at_ms"], unique=False)
    op.create_table(
        "collected_files",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("content_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("collected_at_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_collected_files")),
        sa.UniqueConstraint("name", "content_hash", name=op.f("uq_collected_files_name")),
    )
    op.create_table(
        "facts",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("count", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("value", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_facts")),
    )
    op.create_table(
        "job_owners",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("workspace", sa.Text(), server_default="", nullable=False),
        sa.Column("job_id", sa.Text(), server_default="", nullable=False),
        sa.Column("run_as", sa.Text(), server_default="", nullable=False),
        sa.Column("creator", sa.Text(), server_default="", nullable=False),
        sa.Column("read_at_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_owners")),
        sa.UniqueConstraint("workspace", "job_id", name=op.f("uq_job_owners_workspace")),
    )
    op.create_table(
        "leases",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), server_default="", nullable=False),
        sa.Column("until_at_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_leases")),
    )
    op.create_table(
        "problems",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("workspace", sa.Text(), server_default="", nullable=False),
        sa.Column("signature", sa.Text(), server_default="", nullable=False),
        sa.Column("workload", sa.Text(), server_default="", nullable=False),
        sa.Column("task_key", sa.Text(), server_default="", nullable=False),
        sa.Column("cause", sa.Text(), server_default="", nullable=False),
        sa.Column("family", sa.Text(), server_default="", nullable=False),
        sa.Column("occurrence", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("engine", sa.Text(), server_default="", nullable=False),
        sa.Column("verdict", sa.Text(), server_default="", nullable=False),
        sa.Column("action", sa.Text(), server_default="", nullable=False),
        sa.Column("dbr", sa.Text(), server_default="", nullable=False),
        sa.Column("cluster", sa.Text(), server_default="", nullable=False),
        sa.Column("compute", sa.Text(), server_default="", nullable=False),
        sa.Column("tags", sa.Text(), server_default="{}", nullable=False),
        sa.Column("first_seen_at_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("last_seen_at_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("signal_count", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("run_count", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("run_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("island_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("island_unknown_runs", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("hours_pico", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("hours_unknown_runs", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("exposure_low_microusd", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("exposure_high_microusd", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("exposure_unpriced_runs", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("avoidable_low_microusd", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("avoidable_high_microusd", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("capacity_low_microusd", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("capacity_high_microusd", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("avoidable_unpriced_runs", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("evidence", sa.LargeBinary(), nullable=True),
        sa.Column("evidence_rank", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("evidence_at_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("recommendation", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("state", sa.Text(), server_default="open", nullable=False),
        sa.Column("state_since_at_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("state_until_at_ms", sa.BigInteger(), nullable=True),
        sa.Column("state_by", sa.Text(), server_default="", nullable=False),
        sa.Column("state_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("owner", sa.Text(), server_default="", nullable=False),
        sa.Column("team", sa.Text(), server_default="", nullable=False),
        sa.Column("owner_source", sa.Text(), server_default="", nullable=False),
        sa.Column("team_source", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_problems")),
        sa.UniqueConstraint("workspace", "signature", name=op.f("uq_problems_workspace")),
    )
    op.create_index(op.f("ix_problems_last_seen_at_ms"), "problems", ["last_seen_at_ms"], unique=False)
    op.create_index(op.f("ix_problems_state"), "problems", ["state"], unique=False)
    op.create_index(op.f("ix_problems_team"), "problems", ["team"], unique=False)
    op.create_index(op.f("ix_problems_workspace"), "problems", ["workspace", "workload"], unique=False)
    op.create_table(
        "tokens",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("handle", sa.Text(), server_default="", nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("scopes", sa.Text(), server_default="[]", nullable=False),
        sa.Column("workspace", sa.Text(), server_default="*", nullable=False),
        sa.Column("created_at_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("expires_at_ms", sa.BigInteger(), nullable=True),
        sa.Column("revoked_at_ms", sa.BigInteger(), nullable=True),
        sa.Column("used_at_ms", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tokens")),
        sa.UniqueConstraint("handle", name=op.f("uq_tokens_handle")),
    )
    op.create_table(
        "other_records",
        sa.Column("agent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sequence", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("content_hash", sa.LargeBinary(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agents.id"], name=op.f("fk_other_records_agent_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("agent_id", "sequence", name=op.f("pk_other_records")),
    )
    op.create_table(
        "problem_days",
        sa.Column("problem_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("day", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("signal_count", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("run_count", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("run_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("island_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("island_unknown_runs", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("hours_pico", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("hours_unknown_runs", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("exposure_low_microusd", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("exposure_high_microusd", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("exposure_unpriced_runs", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("avoidable_low_microusd", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("avoidable_high_microusd", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("capacity_low_microusd", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("capacity_high_microusd", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("avoidable_unpriced_runs", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("derived_low_microusd", sa.BigInteger(), nullable=True),
        sa.Column("derived_high_microusd", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["problem_id"], ["problems.id"], name=op.f("fk_problem_days_problem_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("problem_id", "day", name=op.f("pk_problem_days")),
    )
    op.create_index(op.f("ix_problem_days_day"), "problem_days", ["day"], unique=False)
    op.create_table(
        "problem_events",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("problem_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("kind", sa.Text(), server_default="", nullable=False),
        sa.Column("actor", sa.Text(), server_default="", nullable=False),
        sa.Column("actor_kind", sa.Text(), server_default="", nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("detail", sa.Text(), server_default="{}", nullable=False),
        sa.ForeignKeyConstraint(
            ["problem_id"], ["problems.id"], name=op.f("fk_problem_events_problem_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_problem_events")),
    )
    op.create_index(op.f("ix_problem_events_problem_id"), "problem_events", ["problem_id", "at_ms"], unique=False)
    op.create_table(
        "signals",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("agent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sequence", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("problem_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("arrived_at_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("start_at_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("end_at_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("content_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("line", sa.LargeBinary(), nullable=False),
        sa.Column("is_offline", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_signals_agent_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["problem_id"], ["problems.id"], name=op.f("fk_signals_problem_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signals")),
        sa.UniqueConstraint("agent_id", "sequence", name=op.f("uq_signals_agent_id")),
    )
    op.create_index(op.f("ix_signals_arrived_at_ms"), "signals", ["arrived_at_ms"], unique=False)
    op.create_index(op.f("ix_signals_problem_id"), "signals", ["problem_id", "end_at_ms"], unique=False)
    op.create_table(
        "usage_hours",
        sa.Column("agent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("hour_at_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("revision", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("cluster", sa.Text(), server_default="", nullable=False),
        sa.Column("slots_by_node_type", sa.Text(), server_default="{}", nullable=False),
        sa.Column("slot_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("busy_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("native_ms", sa.BigInteger(), nullable=True),
        sa.Column("non_sql_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("failed_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("lost_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("armed_since_at_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_usage_hours_agent_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("agent_id", "hour_at_ms", name=op.f("pk_usage_hours")),
    )
    op.create_index(op.f("ix_usage_hours_cluster"), "usage_hours", ["cluster", "hour_at_ms"], unique=False)

"""The bill, engine decisions, and messages to people."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

__all__ = ["upgrade"]

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create the tables of what the service makes of it."""
    op.create_table(
        "engine_decisions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("workspace", sa.Text(), server_default="", nullable=False),
        sa.Column("compute", sa.Text(), server_default="", nullable=False),
        sa.Column("decided_at_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("from_at_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("to_at_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("action", sa.Text(), server_default="", nullable=False),
        sa.Column("reasons", sa.Text(), server_default="[]", nullable=False),
        sa.Column("saving", sa.Text(), server_default="null", nullable=False),
        sa.Column("facts", sa.Text(), server_default="{}", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_engine_decisions")),
        sa.UniqueConstraint("workspace", "compute", "decided_at_ms", name=op.f("uq_engine_decisions_workspace")),
    )
    op.create_index(op.f("ix_engine_decisions_decided_at_ms"), "engine_decisions", ["decided_at_ms"], unique=False)
    op.create_table(
        "exclusions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("field", sa.Text(), server_default="", nullable=False),
        sa.Column("tag_key", sa.Text(), server_default="", nullable=False),
        sa.Column("pattern", sa.Text(), server_default="", nullable=False),
        sa.Column("workspace", sa.Text(), server_default="", nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("actor", sa.Text(), server_default="", nullable=False),
        sa.Column("actor_kind", sa.Text(), server_default="", nullable=False),
        sa.Column("created_at_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("until_at_ms", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exclusions")),
        sa.UniqueConstraint("field", "tag_key", "pattern", "workspace", name=op.f("uq_exclusions_field")),
    )
    op.create_table(
        "learned_rates",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("node_type", sa.Text(), server_default="", nullable=False),
        sa.Column("sku", sa.Text(), server_default="", nullable=False),
        sa.Column("is_photon", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("low_dbu", sa.Text(), server_default="", nullable=False),
        sa.Column("high_dbu", sa.Text(), server_default="", nullable=False),
        sa.Column("node_hours_milli", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("learned_at_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_learned_rates")),
        sa.UniqueConstraint("node_type", "sku", "is_photon", name=op.f("uq_learned_rates_node_type")),
    )
    op.create_table(
        "reconciliations",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("started_at_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("ended_at_ms", sa.BigInteger(), nullable=True),
        sa.Column("from_at_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("to_at_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("tier", sa.Text(), server_default="", nullable=False),
        sa.Column("outcome", sa.Text(), server_default="", nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("sentence", sa.Text(), server_default="", nullable=False),
        sa.Column("counts", sa.Text(), server_default="{}", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reconciliations")),
    )
    op.create_index(op.f("ix_reconciliations_started_at_ms"), "reconciliations", ["started_at_ms"], unique=False)
    op.create_table(
        "bill_hours",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("workspace", sa.Text(), server_default="", nullable=False),
        sa.Column("cluster", sa.Text(), server_default="", nullable=False),
        sa.Column("hour_at_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("sku", sa.Text(), server_default="", nullable=False),
        sa.Column("is_photon", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("cloud", sa.Text(), server_default="", nullable=False),
        sa.Column("currency", sa.Text(), server_default="", nullable=False),
        sa.Column("unit", sa.Text(), server_default="", nullable=False),
        sa.Column("dbu", sa.Text(), server_default="", nullable=False),
        sa.Column("microusd", sa.BigInteger(), nullable=True),
        sa.Column("unpriced_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("basis", sa.Text(), server_default="", nullable=False),
        sa.Column("price_ids", sa.Text(), server_default="[]", nullable=False),
        sa.Column("modeled_dbu", sa.Text(), server_default="", nullable=False),
        sa.Column("is_provisional", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("is_current", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("reconciliation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("written_at_ms", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("(microusd IS NULL) = (basis = '')", name="ck_bill_hours_basis"),
        sa.ForeignKeyConstraint(
            ["reconciliation_id"], ["reconciliations.id"], name=op.f("fk_bill_hours_reconciliation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bill_hours")),
        sa.UniqueConstraint(
            "workspace",
            "cluster",
            "hour_at_ms",
            "sku",
            "is_photon",
            "cloud",
            "unit",
            "version",
            name=op.f("uq_bill_hours_workspace"),
        ),
    )
    op.create_index(op.f("ix_bill_hours_cluster"), "bill_hours", ["cluster", "hour_at_ms"], unique=False)
    op.create_index(op.f("ix_bill_hours_hour_at_ms"), "bill_hours", ["hour_at_ms"], unique=False)
    op.create_table(
        "deliveries",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("channel", sa.Text(), server_default="", nullable=False),
        sa.Column("team", sa.Text(), server_default="", nullable=False),
        sa.Column("kind", sa.Text(), server_default="", nullable=False),
        sa.Column("problem_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("state", sa.Text(), server_default="pending", nullable=False),
        sa.Column("attempt_count", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("due_at_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("sending_since_at_ms", sa.BigInteger(), nullable=True),
        sa.Column("settled_at_ms", sa.BigInteger(), nullable=True),
        sa.Column("status", sa.BigInteger(), nullable=True),
        sa.Column("sentence", sa.Text(), server_default="", nullable=False),
        sa.Column("body", sa.Text(), server_default="", nullable=False),
        sa.Column("facts", sa.Text(), server_default="{}", nullable=False),
        sa.ForeignKeyConstraint(
            ["problem_id"], ["problems.id"], name=op.f("fk_deliveries_problem_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
    )
    op.create_index(
        op.f("ix_deliveries_problem_id"), "deliveries", ["problem_id", "channel", "created_at_ms"], unique=False
    )
    op.create_index(op.f("ix_deliveries_state"), "deliveries", ["state", "due_at_ms"], unique=False)
    op.create_index(op.f("ix_deliveries_team"), "deliveries", ["team", "created_at_ms"], unique=False)
    op.create_table(
        "withheld",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("problem_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("channel", sa.Text(), server_default="", nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("detail", sa.Text(), server_default="", nullable=False),
        sa.Column("first_at_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("last_at_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("count", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("is_current", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.ForeignKeyConstraint(
            ["problem_id"], ["problems.id"], name=op.f("fk_withheld_problem_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_withheld")),
    )
    op.create_index(op.f("ix_withheld_last_at_ms"), "withheld", ["last_at_ms"], unique=False)
    op.create_index(op.f("ix_withheld_problem_id"), "withheld", ["problem_id", "channel"], unique=False)
    op.create_table(
        "bill_shares",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("bill_hour_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.Text(), server_default="", nullable=False),
        sa.Column("problem_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("dbu", sa.Text(), server_default="", nullable=False),
        sa.Column("microusd", sa.BigInteger(), nullable=True),
        sa.Column("derived_low_microusd", sa.BigInteger(), nullable=True),
        sa.Column("derived_high_microusd", sa.BigInteger(), nullable=True),
        sa.Column("inputs", sa.Text(), server_default="{}", nullable=False),
        sa.ForeignKeyConstraint(
            ["bill_hour_id"], ["bill_hours.id"], name=op.f("fk_bill_shares_bill_hour_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["problem_id"], ["problems.id"], name=op.f("fk_bill_shares_problem_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bill_shares")),
    )
    op.create_index(op.f("ix_bill_shares_bill_hour_id"), "bill_shares", ["bill_hour_id"], unique=False)
    op.create_index(op.f("ix_bill_shares_problem_id"), "bill_shares", ["problem_id"], unique=False)

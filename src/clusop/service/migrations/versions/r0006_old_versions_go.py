"""Old versions of the bill and runs without hours can be found, so that retention need not read all that stays."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

__all__ = ["upgrade"]

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add both indexes."""
    op.create_index(
        "ix_bill_hours_old_hour_at_ms",
        "bill_hours",
        ["hour_at_ms"],
        sqlite_where=sa.text("is_current = 0"),
        postgresql_where=sa.text("NOT is_current"),
    )
    op.create_index("ix_bill_hours_reconciliation_id", "bill_hours", ["reconciliation_id"])

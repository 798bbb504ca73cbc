"""Signals from logs that a live agent told of too are left out of the sums; the audit is found by what something was done to.

What was stored before stays as it was added up: which of it was told twice is decided as records come.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

__all__ = ["upgrade"]

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the reason, and the indexes by which logs and lines of the audit are found."""
    op.add_column("signals", sa.Column("left_out", sa.Text(), server_default="", nullable=False))
    op.create_index(
        "ix_signals_offline_end_at_ms",
        "signals",
        ["end_at_ms"],
        sqlite_where=sa.text("is_offline = 1"),
        postgresql_where=sa.text("is_offline"),
    )
    op.create_index("ix_audit_target", "audit", ["target"])

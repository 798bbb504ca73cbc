"""Messages are found by when they were written, settled and sent: neither a pass nor the outbox reads all that ever were, and
retention finds the old ones.
"""

from __future__ import annotations

from alembic import op

__all__ = ["upgrade"]

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the indexes."""
    op.create_index("ix_deliveries_kind_created_at_ms", "deliveries", ["kind", "created_at_ms"])
    op.create_index("ix_deliveries_state_settled_at_ms", "deliveries", ["state", "settled_at_ms"])
    op.create_index("ix_deliveries_channel_sending_since_at_ms", "deliveries", ["channel", "sending_since_at_ms"])

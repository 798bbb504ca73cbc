"""Messages to people: the outbox with all that became of it, and every decision not to send, with its reason."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Table, UniqueConstraint, true

from clusop.service.store.tables.columns import big, key, metadata, text

__all__ = ["deliveries", "exclusions", "withheld"]

deliveries = Table(
    "deliveries",
    metadata,
    key(),
    text("channel"),
    text("team"),
    # card, digest
    text("kind"),
    Column("problem_id", ForeignKey("problems.id", ondelete="SET NULL"), nullable=True),
    big("created_at_ms"),
    # pending, sending, accepted, unconfirmed, dead, withdrawn: sending is committed before the POST, so nothing is sent
    # twice; withdrawn is a card whose problem was dealt with before it left
    text("state", "pending"),
    big("attempt_count"),
    big("due_at_ms"),
    big("sending_since_at_ms", default=None),
    big("settled_at_ms", default=None),
    big("status", default=None),
    text("sentence"),
    # The message as it goes, without the address.
    text("body"),
    # What it told, for the page and for the digest: dollars and reasons as JSON.
    text("facts", "{}"),
    Index(None, "state", "due_at_ms"),
    Index(None, "problem_id", "channel", "created_at_ms"),
    Index(None, "team", "created_at_ms"),
    # What is asked each minute, of the newest; and by retention, of the oldest.
    Index("ix_deliveries_kind_created_at_ms", "kind", "created_at_ms"),
    Index("ix_deliveries_state_settled_at_ms", "state", "settled_at_ms"),
    Index("ix_deliveries_channel_sending_since_at_ms", "channel", "sending_since_at_ms"),
)

# Why a problem was not told: one row a problem, channel and reason, counted up while nothing changes.
withheld = Table(
    "withheld",
    metadata,
    key(),
    Column("problem_id", ForeignKey("problems.id", ondelete="CASCADE"), nullable=False),
    text("channel"),
    text("reason"),
    text("detail"),
    big("first_at_ms"),
    big("last_at_ms"),
    big("count"),
    Column("is_current", Boolean, nullable=False, server_default=true()),
    Index(None, "problem_id", "channel"),
    Index(None, "last_at_ms"),
)

exclusions = Table(
    "exclusions",
    metadata,
    key(),
    # A glob over workload, task key, cluster or compute definition; or a tag key and a glob over its value.
    text("field"),
    text("tag_key"),
    text("pattern"),
    text("workspace"),
    text("reason"),
    text("actor"),
    text("actor_kind"),
    big("created_at_ms"),
    big("until_at_ms", default=None),
    UniqueConstraint("field", "tag_key", "pattern", "workspace"),
)

"""Who may do what, who did what, and which replica holds which lease."""

from __future__ import annotations

from sqlalchemy import Column, Index, LargeBinary, Table, Text, UniqueConstraint

from clusop.service.store.tables.columns import big, key, metadata, text

__all__ = ["audit", "collected_files", "facts", "leases", "tokens"]

tokens = Table(
    "tokens",
    metadata,
    key(),
    text("name"),
    # The public part, by which it is found; the secret is compared by its hash, in constant time.
    text("handle"),
    Column("secret_hash", LargeBinary(32), nullable=False),
    # JSON list of ingest, read, admin
    text("scopes", "[]"),
    # The workspace an ingest token speaks for; "*" for all.
    text("workspace", "*"),
    big("created_at_ms"),
    big("expires_at_ms", default=None),
    big("revoked_at_ms", default=None),
    big("used_at_ms", default=None),
    UniqueConstraint("handle"),
)

audit = Table(
    "audit",
    metadata,
    key(),
    big("at_ms"),
    text("actor"),
    # person, token, local, clusop
    text("actor_kind"),
    text("action"),
    text("target"),
    text("reason"),
    text("detail", "{}"),
    Index(None, "at_ms"),
    Index(None, "target"),
)

leases = Table(
    "leases",
    metadata,
    Column("name", Text, primary_key=True),
    text("holder"),
    big("until_at_ms"),
)

# Files that `clusop collect` has read to the end.
collected_files = Table(
    "collected_files",
    metadata,
    key(),
    text("name"),
    Column("content_hash", LargeBinary(32), nullable=False),
    big("collected_at_ms"),
    UniqueConstraint("name", "content_hash"),
)

# Counters and other single facts: records refused as too old, by reason.
facts = Table(
    "facts",
    metadata,
    Column("name", Text, primary_key=True),
    big("count"),
    text("value"),
)

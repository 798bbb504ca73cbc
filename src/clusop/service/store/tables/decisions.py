"""Engine decisions by compute definition, newest first, and the certified evidence they may rest on."""

from __future__ import annotations

from sqlalchemy import Index, Table, UniqueConstraint

from clusop.service.store.tables.columns import big, key, metadata, text

__all__ = ["engine_decisions"]

engine_decisions = Table(
    "engine_decisions",
    metadata,
    key(),
    text("workspace"),
    text("compute"),
    big("decided_at_ms"),
    big("from_at_ms"),
    big("to_at_ms"),
    # disable, keep
    text("action"),
    text("reasons", "[]"),
    # The figure as JSON (FIGURE of the report), its inputs and formula included.
    text("saving", "null"),
    text("facts", "{}"),
    UniqueConstraint("workspace", "compute", "decided_at_ms"),
    Index(None, "decided_at_ms"),
)

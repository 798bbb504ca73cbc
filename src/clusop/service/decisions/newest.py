"""Of the decisions lately made those that no newer one has replaced: as many as there are compute definitions, however long
decisions have been made.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from clusop.service.store.tables.decisions import engine_decisions

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

__all__ = ["newest_since"]


def newest_since(since_ms: int) -> tuple[ColumnElement[bool], ...]:
    """What holds of the newest decision about each compute definition that was decided on since then."""
    column, newer = engine_decisions.c, engine_decisions.alias("newer")
    # Looked up one by one: a maximum by compute definition would read every decision that was ever made.
    is_replaced = (
        select(newer.c.id)
        .where(
            newer.c.workspace == column.workspace,
            newer.c.compute == column.compute,
            newer.c.decided_at_ms > column.decided_at_ms,
        )
        .exists()
    )
    return column.decided_at_ms >= since_ms, ~is_replaced

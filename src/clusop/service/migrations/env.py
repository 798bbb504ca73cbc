"""Runs revisions over the connection that was handed in. Alembic loads this file by its path."""

from __future__ import annotations

from alembic import context

from clusop.service.store.tables.every import metadata

# A plain script of Alembic's: it runs where it is loaded.
context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()

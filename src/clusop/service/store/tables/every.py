"""The metadata with all tables in it: what migrations and tests compare a database with."""

from __future__ import annotations

from clusop.service.store.tables import access, agents, decisions, delivery, money, problems
from clusop.service.store.tables.columns import metadata

__all__ = ["TABLES", "metadata"]

TABLES = tuple(module.__name__ for module in (access, agents, decisions, delivery, money, problems))
"""The modules the tables stand in."""

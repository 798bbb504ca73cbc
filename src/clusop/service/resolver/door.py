"""The warehouse a run works with: limited to the statements of that run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clusop.service.databricks.connect import connect
from clusop.service.databricks.statements import StatementSet
from clusop.service.resolver.reconcile import statements_for

if TYPE_CHECKING:
    from clusop.service.databricks.warehouse import Warehouse
    from clusop.service.resolver.settings import ResolverSettings

__all__ = ["warehouse_for"]


def warehouse_for(settings: ResolverSettings) -> Warehouse | None:
    """``None`` where no SQL warehouse is set: dollars stay modeled. Raises ``InputError`` for settings that lead nowhere."""
    if not settings.warehouse:
        return None
    return connect(settings.host, settings.profile, settings.warehouse, StatementSet(statements_for(settings)))

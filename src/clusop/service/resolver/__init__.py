"""The resolver: the customer's bill, hour by hour, shared out over what agents saw of those hours."""

from __future__ import annotations

from clusop.service.resolver.door import warehouse_for
from clusop.service.resolver.reconcile import reconcile, statements_for
from clusop.service.resolver.reconciliation import Reconciliation
from clusop.service.resolver.settings import ResolverSettings, check_days_are_kept, read_resolver_settings
from clusop.service.resolver.tier import Tier, probe

__all__ = [
    "Reconciliation",
    "ResolverSettings",
    "Tier",
    "check_days_are_kept",
    "probe",
    "read_resolver_settings",
    "reconcile",
    "statements_for",
    "warehouse_for",
]

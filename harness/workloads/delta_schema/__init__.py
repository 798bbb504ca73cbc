"""Delta Lake tables with rules, generated columns and schemas that grow."""

from __future__ import annotations

from workload import Application

__all__ = ["APPLICATION"]

APPLICATION = Application(area="Delta Lake schemas", is_recorded=False)

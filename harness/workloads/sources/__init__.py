"""Files, databases, views and caches as sources."""

from __future__ import annotations

from workload import Application

__all__ = ["APPLICATION"]

APPLICATION = Application(area="sources", is_recorded=False)

"""Results written as files and as tables."""

from __future__ import annotations

from workload import Application

__all__ = ["APPLICATION"]

APPLICATION = Application(area="writes", is_recorded=False)

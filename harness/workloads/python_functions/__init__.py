"""Python and pandas functions of every kind beside the plain ones."""

from __future__ import annotations

from workload import Application

__all__ = ["APPLICATION"]

APPLICATION = Application(area="Python functions", is_recorded=False)

"""Functions written in Java."""

from __future__ import annotations

from workload import Application

__all__ = ["APPLICATION"]

APPLICATION = Application(area="Java functions", is_recorded=False)

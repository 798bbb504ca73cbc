"""Window functions and frames over Parquet."""

from __future__ import annotations

from workload import Application

__all__ = ["APPLICATION"]

APPLICATION = Application(area="windows", is_recorded=False)

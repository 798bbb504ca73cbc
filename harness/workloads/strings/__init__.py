"""String, pattern and JSON functions over Parquet."""

from __future__ import annotations

from workload import Application

__all__ = ["APPLICATION"]

APPLICATION = Application(area="strings and JSON", is_recorded=False)

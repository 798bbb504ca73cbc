"""Aggregate functions and groupings over Parquet."""

from __future__ import annotations

from workload import Application

__all__ = ["APPLICATION"]

APPLICATION = Application(area="aggregates", is_recorded=False)

"""Joins of every kind and by every algorithm, over Parquet."""

from __future__ import annotations

from workload import Application

__all__ = ["APPLICATION"]

APPLICATION = Application(area="joins", is_recorded=False)

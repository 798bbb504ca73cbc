"""Columns of every type, written as Parquet in the set-up and read back."""

from __future__ import annotations

from workload import Application

__all__ = ["APPLICATION"]

APPLICATION = Application(area="column types", is_recorded=False)

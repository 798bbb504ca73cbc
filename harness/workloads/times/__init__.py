"""Functions of dates, timestamps, zones and intervals over Parquet."""

from __future__ import annotations

from workload import Application

__all__ = ["APPLICATION"]

APPLICATION = Application(area="dates and times", is_recorded=False)

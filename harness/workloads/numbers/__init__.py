"""Arithmetic, casts, hashes, bits and conditions over Parquet."""

from __future__ import annotations

from workload import Application

__all__ = ["APPLICATION"]

APPLICATION = Application(area="numbers, hashes and conditions", is_recorded=False)

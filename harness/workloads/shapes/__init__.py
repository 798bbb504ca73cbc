"""Sorts, limits, set operations, reshaping, subqueries and common table expressions."""

from __future__ import annotations

from workload import Application

__all__ = ["APPLICATION"]

APPLICATION = Application(area="query shapes", is_recorded=False)

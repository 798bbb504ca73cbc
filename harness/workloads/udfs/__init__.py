"""Functions the engine cannot see into: Python, pandas, Scala, RDDs."""

from __future__ import annotations

from workload import Application

__all__ = ["APPLICATION"]

APPLICATION = Application(area="user-defined functions")

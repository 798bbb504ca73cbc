"""Delta Lake commands: their work is in nested executions, among many that Delta runs for itself."""

from __future__ import annotations

from workload import Application

__all__ = ["APPLICATION"]

APPLICATION = Application(area="Delta Lake commands")

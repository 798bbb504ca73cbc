"""Delta Lake tables read with the features that engines stumble over."""

from __future__ import annotations

from workload import Application

__all__ = ["APPLICATION"]

APPLICATION = Application(area="Delta Lake reads")

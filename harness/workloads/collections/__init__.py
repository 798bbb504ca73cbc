"""Arrays, maps, structs and functions over them."""

from __future__ import annotations

from workload import Application

__all__ = ["APPLICATION"]

APPLICATION = Application(area="arrays, maps and structs", is_recorded=False)

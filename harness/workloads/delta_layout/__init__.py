"""Delta Lake tables as they are laid out, kept and looked back at."""

from __future__ import annotations

from workload import Application

__all__ = ["APPLICATION"]

APPLICATION = Application(area="Delta Lake layout and history", is_recorded=False)

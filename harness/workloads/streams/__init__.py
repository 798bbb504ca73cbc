"""Streams that end with what is there (availableNow), each with a new checkpoint: an old one has nothing left to do."""

from __future__ import annotations

from workload import Application

__all__ = ["APPLICATION"]

APPLICATION = Application(area="streams", is_recorded=False)

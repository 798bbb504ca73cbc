"""Operators, expressions and sources, clean ones and such as leave the engine."""

from __future__ import annotations

from workload import Application

__all__ = ["APPLICATION"]

APPLICATION = Application(area="operators")

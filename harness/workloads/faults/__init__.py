"""Settings changed in flight, failures, retries, streams: what a log must survive."""

from __future__ import annotations

from workload import Application

__all__ = ["APPLICATION"]

# The second number lets a task fail twice before the job does; plain local mode allows no failure at all.
APPLICATION = Application(area="faults and streams", master="local[2,3]")

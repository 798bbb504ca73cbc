"""Two executors in processes of their own. No speculation here: Spark starts no copy of a task on its own host."""

from __future__ import annotations

from workload import Application

__all__ = ["APPLICATION"]

APPLICATION = Application(area="cluster", master="local-cluster[2,1,2048]", settings={"spark.executor.memory": "1g"})

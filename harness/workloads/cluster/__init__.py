"""Two executors in processes of their own. (No speculation: Spark never starts a copy on the host of the original.)"""

from __future__ import annotations

from workload import Application

__all__ = ["APPLICATION"]

APPLICATION = Application(master="local-cluster[2,1,2048]", settings={"spark.executor.memory": "1g"})

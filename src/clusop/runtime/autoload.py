"""The door of the ``.pth`` line and of its ``.start`` twin: is this a driver, and is nobody against it? Then wait for Spark.

The line in ``clusop_autoload.pth`` asks the same before it imports anything; a ``.start`` entry (Python 3.15 and newer) cannot,
so it is asked again here, and more thoroughly. Only ``os`` and ``sys`` are imported before the answer.
"""

from __future__ import annotations

import os
import sys

from clusop.runtime.guard import Guard
from clusop.runtime.switch import is_disabled

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["DRIVER_SIGNS", "closed_because", "start"]

# What the environment of a Spark driver holds, and of hardly anything else.
DRIVER_SIGNS = ("DATABRICKS_RUNTIME_VERSION", "PYSPARK_GATEWAY_PORT", "SPARK_ENV_LOADED", "CLUSOP_ARM")
# Spark's Python workers inherit some of the above; one of these comes with every worker.
_WORKER_SIGNS = ("PYTHON_WORKER_FACTORY_SECRET", "PYTHON_WORKER_FACTORY_PORT", "PYTHON_WORKER_FACTORY_SOCK_DIR")
# Helpers that a driver's Python starts of itself: they inherit the signs, never have a context of their own, and one of them
# (the server of forks) is there to have no second thread.
_HELPERS = ("--multiprocessing-fork", "from multiprocessing.", "loky.backend.")


def closed_because(environ: Mapping[str, str], argv: Sequence[str]) -> str:
    """The id of the reason why a process is not armed by itself; ``""`` where it is a driver that is to be armed."""
    told = " ".join(argv)
    if " -m pyspark." in told or any(sign in environ for sign in _WORKER_SIGNS):
        return "spark-worker"
    if any(sign in told for sign in _HELPERS):
        return "helper-process"
    if environ.get("DB_IS_DRIVER", "").strip().upper() == "FALSE":
        return "worker-node"
    if environ.get("CLUSOP_ARM", "1") != "1" or is_disabled(environ):
        return "switched-off"
    return "" if any(sign in environ for sign in DRIVER_SIGNS) else "no-driver"


def start() -> None:
    """Start waiting for a SparkContext if this is a driver. Never raises, never waits; a second call does nothing."""
    # Python's own start calls this: an ordinary exception would print a traceback at every start, SystemExit would end it.
    with Guard().watch("autoload"):
        if not closed_because(os.environ, sys.orig_argv):
            from clusop.runtime.lookout import keep_lookout
            from clusop.runtime.quiet_thread import in_main_interpreter

            if in_main_interpreter():
                keep_lookout("pth")

"""The door of the ``.pth`` line and of its ``.start`` twin: is this a driver, and is nobody against it? Then wait for Spark.

The line in ``clusop_autoload.pth`` asks the same before it imports anything; a ``.start`` entry (Python 3.15 and newer) cannot,
so it is asked again here. Only ``os`` and ``sys`` are imported before the answer.
"""

from __future__ import annotations

import os
import sys

from clusop.runtime.guard import Guard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["DRIVER_SIGNS", "closed_because", "start"]

# What the environment of a Spark driver holds, and of hardly anything else.
DRIVER_SIGNS = ("DATABRICKS_RUNTIME_VERSION", "PYSPARK_GATEWAY_PORT", "SPARK_ENV_LOADED", "CLUSOP_ARM")
# Spark's Python workers inherit some of the above; one of these comes with every worker that speaks over TCP.
_WORKER_SIGNS = ("PYTHON_WORKER_FACTORY_SECRET", "PYTHON_WORKER_FACTORY_PORT")
_NOT_OFF = ("", "0", "false")


def closed_because(environ: Mapping[str, str], argv: Sequence[str]) -> str:
    """The id of the reason why a process is not armed by itself; ``""`` where it is a driver that is to be armed."""
    if " -m pyspark." in " ".join(argv) or any(sign in environ for sign in _WORKER_SIGNS):
        return "spark-worker"
    if environ.get("CLUSOP_ARM", "1") != "1" or environ.get("CLUSOP_DISABLE", "0") not in _NOT_OFF:
        return "switched-off"
    return "" if any(sign in environ for sign in DRIVER_SIGNS) else "no-driver"


def start() -> None:
    """Start waiting for a SparkContext if this is a driver. Never raises, never waits; a second call does nothing."""
    # Python's own start calls this: an ordinary exception would print a traceback at every start, SystemExit would end it.
    with Guard().watch("autoload"):
        if not closed_because(os.environ, sys.orig_argv):
            from clusop.runtime.driver import driver

            driver().wait_for_spark("pth")

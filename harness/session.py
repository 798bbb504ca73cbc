"""Builds a real Spark session: plain, or with the Comet engine, and Delta where its jars are there.

The Comet jar stands in ``spark.jars`` *and* ``spark.driver.extraClassPath``: the plugin and the shuffle manager are loaded
before ``spark.jars`` is looked at.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, TypeAlias

from clusop.certify.engines import COMET_SETTINGS, DELTA_SETTINGS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pyspark.sql import SparkSession

__all__ = ["Engine", "SessionPlan", "build_session"]

Engine: TypeAlias = Literal["comet", "none"]

_ALWAYS = {
    "spark.driver.memory": "2g",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "localhost",
    "spark.sql.shuffle.partitions": "4",
    "spark.sql.session.timeZone": "UTC",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.catalogImplementation": "in-memory",
}


@dataclass(frozen=True, slots=True)
class SessionPlan:
    """What a session is made of. ``scratch`` takes the warehouse and temporary files, ``event_log`` (a folder, made if absent)
    the zstd-compressed event log. ``comet_jar`` is needed for ``engine="comet"``; without ``delta_jars`` there is no Delta.
    """

    engine: Engine
    application: str
    scratch: Path
    comet_jar: Path | None = None
    delta_jars: tuple[Path, ...] = ()
    event_log: Path | None = None
    master: str = "local[2]"
    settings: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def spark_settings(self) -> dict[str, str]:
        """All of the session's settings but master and name. Raises ``ValueError`` for Comet without its jar."""
        scratch = self.scratch.resolve()
        chosen = dict(_ALWAYS)
        chosen["spark.sql.warehouse.dir"] = (scratch / "warehouse").as_uri()
        chosen["spark.local.dir"] = str(scratch / "local")
        chosen["spark.driver.extraJavaOptions"] = f"-Dderby.system.home={scratch} -Duser.timezone=UTC"
        jars = list(self.delta_jars)
        if jars:
            chosen |= DELTA_SETTINGS
        if self.engine == "comet":
            if self.comet_jar is None:
                message = "engine 'comet' needs the path of its jar"
                raise ValueError(message)
            jars.insert(0, self.comet_jar)
            chosen |= COMET_SETTINGS
        if jars:
            chosen["spark.jars"] = ",".join(str(jar) for jar in jars)
            on_class_path = os.pathsep.join(str(jar) for jar in jars)
            chosen["spark.driver.extraClassPath"] = chosen["spark.executor.extraClassPath"] = on_class_path
        if self.event_log is not None:
            chosen |= {
                "spark.eventLog.enabled": "true",
                "spark.eventLog.dir": self.event_log.resolve().as_uri(),
                "spark.eventLog.compress": "true",
                "spark.eventLog.compression.codec": "zstd",
            }
        return chosen | dict(self.settings)


def build_session(plan: SessionPlan) -> SparkSession:
    """A new session after the plan."""
    from pyspark.sql import SparkSession

    plan.scratch.mkdir(parents=True, exist_ok=True)
    if plan.event_log is not None:
        plan.event_log.mkdir(parents=True, exist_ok=True)
    # Workers must run the interpreter that pickled the functions, not the first python3 on the PATH.
    os.environ["PYSPARK_PYTHON"] = os.environ["PYSPARK_DRIVER_PYTHON"] = sys.executable
    # Else the executors of a local cluster write into the installed PySpark.
    os.environ["SPARK_WORKER_DIR"] = str(plan.scratch.resolve() / "executors")
    builder = SparkSession.builder.master(plan.master).appName(plan.application)
    for key, value in plan.spark_settings().items():
        builder = builder.config(key, value)
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    return spark

"""The engines that can be certified: what switches each on where we start Spark, and off within one session."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["COMET", "COMET_SETTINGS", "DELTA_SETTINGS", "ENGINES", "NONE", "PHOTON", "Engine", "local_settings"]

COMET_SETTINGS = {
    "spark.plugins": "org.apache.spark.CometPlugin",
    "spark.shuffle.manager": "org.apache.spark.sql.comet.execution.shuffle.CometShuffleManager",
    "spark.comet.enabled": "true",
    "spark.comet.exec.enabled": "true",
    "spark.comet.exec.shuffle.enabled": "true",
    "spark.comet.explainFallback.enabled": "true",
    "spark.comet.explain.format": "verbose",
    "spark.memory.offHeap.enabled": "true",
    "spark.memory.offHeap.size": "2g",
}
"""What switches Comet on."""
DELTA_SETTINGS = {
    "spark.sql.extensions": "io.delta.sql.DeltaSparkSessionExtension",
    "spark.sql.catalog.spark_catalog": "org.apache.spark.sql.delta.catalog.DeltaCatalog",
    # 50 by default: a small table's own log reading would be fifty tasks a query.
    "spark.databricks.delta.snapshotPartitions": "2",
}
"""What switches Delta Lake on."""
_ALWAYS = {
    "spark.driver.memory": "2g",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "localhost",
    "spark.sql.shuffle.partitions": "4",
    "spark.sql.session.timeZone": "UTC",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    # The number of executions is Spark's own account, against which the agent's is held: none may be forgotten.
    "spark.sql.ui.retainedExecutions": "100000",
    # Every update at once, else the end of an execution may stand there a moment late.
    "spark.ui.liveUpdate.period": "0",
    "spark.eventLog.enabled": "true",
    "spark.eventLog.compress": "true",
    "spark.eventLog.compression.codec": "zstd",
}


@dataclass(frozen=True, slots=True)
class Engine:
    """A native engine, or none. ``off`` is the session setting that takes the engine out of the next query's plan."""

    name: str
    title: str
    off: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


COMET = Engine("comet", "Apache DataFusion Comet", MappingProxyType({"spark.comet.enabled": "false"}))
PHOTON = Engine("photon", "Databricks Photon", MappingProxyType({"spark.databricks.photon.enabled": "false"}))
NONE = Engine("none", "plain Spark")
ENGINES: Mapping[str, Engine] = MappingProxyType({engine.name: engine for engine in (COMET, PHOTON, NONE)})


def local_settings(engine: Engine, jars: tuple[Path, ...], place: Path, *, has_delta: bool) -> dict[str, str]:
    """The settings of an application we start ourselves, with its files below ``place``. ``jars`` are those of the engine and
    of Delta Lake.
    """
    chosen = dict(_ALWAYS)
    chosen["spark.sql.warehouse.dir"] = (place / "warehouse").as_uri()
    chosen["spark.local.dir"] = str(place / "local")
    chosen["spark.driver.extraJavaOptions"] = f"-Dderby.system.home={place} -Duser.timezone=UTC"
    chosen["spark.eventLog.dir"] = (place / "eventlog").as_uri()
    if has_delta:
        chosen |= DELTA_SETTINGS
    if engine is COMET:
        chosen |= COMET_SETTINGS
    if jars:
        # Comet's plugin and shuffle manager are loaded before spark.jars is looked at.
        chosen["spark.jars"] = ",".join(map(str, jars))
        chosen["spark.driver.extraClassPath"] = chosen["spark.executor.extraClassPath"] = os.pathsep.join(
            map(str, jars)
        )
    return chosen

"""The engines that can be certified: what switches each on where we start Spark, and off within one session."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = [
    "BASE_SETTINGS",
    "COMET",
    "COMET_SETTINGS",
    "DELTA_SETTINGS",
    "ENGINES",
    "NONE",
    "PHOTON",
    "Engine",
    "engine_settings",
    "event_log_settings",
    "local_settings",
    "place_settings",
]

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
BASE_SETTINGS: Mapping[str, str] = MappingProxyType(
    {
        "spark.driver.memory": "2g",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "localhost",
        "spark.sql.shuffle.partitions": "4",
        "spark.sql.session.timeZone": "UTC",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
    }
)
"""What every session that we start ourselves has."""
_ACCOUNT = {
    # The number of executions is Spark's own account, against which the agent's is held: none may be forgotten.
    "spark.sql.ui.retainedExecutions": "100000",
    # Every update at once, else the end of an execution may stand there a moment late.
    "spark.ui.liveUpdate.period": "0",
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
    return {
        **BASE_SETTINGS,
        **_ACCOUNT,
        **place_settings(place),
        **event_log_settings(place / "eventlog"),
        **engine_settings(engine, jars, has_delta=has_delta),
    }


def place_settings(place: Path) -> dict[str, str]:
    """Tables, temporary files and Derby's log below a folder."""
    return {
        "spark.sql.warehouse.dir": (place / "warehouse").as_uri(),
        "spark.local.dir": str(place / "local"),
        "spark.driver.extraJavaOptions": f"-Dderby.system.home={place} -Duser.timezone=UTC",
    }


def event_log_settings(folder: Path) -> dict[str, str]:
    """A zstd-compressed event log in a folder."""
    return {
        "spark.eventLog.enabled": "true",
        "spark.eventLog.dir": folder.as_uri(),
        "spark.eventLog.compress": "true",
        "spark.eventLog.compression.codec": "zstd",
    }


def engine_settings(engine: Engine, jars: tuple[Path, ...], *, has_delta: bool) -> dict[str, str]:
    """What switches the engine and Delta Lake on. Comet's plugin and shuffle manager are loaded before ``spark.jars`` is looked
    at, so its jar stands on the class path too.
    """
    chosen = dict(DELTA_SETTINGS) if has_delta else {}
    if engine is COMET:
        chosen |= COMET_SETTINGS
    if jars:
        chosen["spark.jars"] = ",".join(map(str, jars))
        on_class_path = os.pathsep.join(map(str, jars))
        chosen["spark.driver.extraClassPath"] = chosen["spark.executor.extraClassPath"] = on_class_path
    return chosen

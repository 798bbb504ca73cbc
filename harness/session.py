"""Builds a real Spark session: plain, or with the Comet engine, and Delta where its jars are there."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, TypeAlias

from clusop.certify.engines import BASE_SETTINGS, ENGINES, engine_settings, event_log_settings, place_settings

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pyspark.sql import SparkSession

__all__ = ["Engine", "SessionPlan", "build_session"]

Engine: TypeAlias = Literal["comet", "none"]


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
        jars = self.delta_jars
        if self.engine == "comet":
            if self.comet_jar is None:
                message = "engine 'comet' needs the path of its jar"
                raise ValueError(message)
            jars = (self.comet_jar, *jars)
        chosen = {
            **BASE_SETTINGS,
            "spark.sql.catalogImplementation": "in-memory",
            **place_settings(self.scratch.resolve()),
            **engine_settings(ENGINES[self.engine], jars, has_delta=bool(self.delta_jars)),
        }
        if self.event_log is not None:
            chosen |= event_log_settings(self.event_log.resolve())
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

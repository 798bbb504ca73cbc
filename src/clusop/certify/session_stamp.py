"""Reads the stamp from a running application, over Py4J."""

from __future__ import annotations

import os
import platform
from typing import TYPE_CHECKING, Any

from py4j.protocol import Py4JError

import clusop
from clusop.certify.stamp import Stamp

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from clusop.certify.engines import Engine

__all__ = ["stamp_of"]

_NOT_TOLD = "not told"


def stamp_of(spark: SparkSession, engine: Engine, *, has_delta: bool) -> Stamp:
    """The stamp of a running session."""
    context = spark.sparkContext
    jvm: Any = context._jvm
    tags = "spark.databricks.clusterUsageTags."
    runtime = os.environ.get("DATABRICKS_RUNTIME_VERSION", "")
    image = context.getConf().get(f"{tags}sparkImageLabel", "") or ""
    return Stamp(
        engine=engine.name,
        engine_version=_engine_version(jvm, engine, context.getConf().get(f"{tags}sparkVersion", "") or runtime),
        spark=str(spark.version),
        scala=str(jvm.scala.util.Properties.versionNumberString()),
        java=str(jvm.java.lang.System.getProperty("java.version")),
        python=platform.python_version(),
        delta=_delta_version(jvm, runtime) if has_delta else "",
        dbr=runtime,
        image=image,
        clusop=clusop.__version__,
        cores=context.defaultParallelism,
    )


def _engine_version(jvm: Any, engine: Engine, runtime: str) -> str:  # Any: Py4J's view of the JVM
    if engine.name == "none":
        return ""
    if engine.name == "photon":
        # Photon has no release of its own: the runtime's label tells which one it is.
        return runtime or _NOT_TOLD
    return _from_properties(jvm, "comet-git-info.properties", ("git.build.version",))


def _delta_version(jvm: Any, runtime: str) -> str:  # Any: Py4J's view of the JVM
    if runtime:
        return runtime  # Databricks ships its own Delta with the runtime
    try:
        return str(jvm.io.delta.package.VERSION())
    except (Py4JError, TypeError):
        return _NOT_TOLD


def _from_properties(jvm: Any, name: str, keys: tuple[str, ...]) -> str:  # Any: Py4J's view of the JVM
    loader = jvm.java.lang.Thread.currentThread().getContextClassLoader()
    stream = loader.getResourceAsStream(name)
    if stream is None:
        return _NOT_TOLD
    found = jvm.java.util.Properties()
    found.load(stream)
    stream.close()
    return next((str(value) for key in keys if (value := found.getProperty(key))), _NOT_TOLD)

"""upper() in a projection: Comet leaves it to the JVM because of locales."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as sf

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    key = sf.upper("note")
    return spark.read.parquet(data["sales"]).groupBy(key.alias("key")).count()


WORKLOAD = Workload(
    name="upper-case",
    shows="upper() in a projection: Comet leaves it to the JVM because of locales.",
    expected=Expected("fallback", causes=("unsupported-expression",)),
    run=_run,
)

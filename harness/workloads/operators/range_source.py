"""range(): rows made by the JVM."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    return spark.range(0, 100_000, 1, 2).selectExpr("id % 7 AS k").groupBy("k").count()


WORKLOAD = Workload(
    name="range-source",
    shows="range(): rows made by the JVM.",
    expected=Expected("fallback", causes=("row-source",)),
    run=_run,
)

"""A cast from string to timestamp."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as sf

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    sales = spark.read.parquet(data["sales"]).where("id < 100000")
    return sales.groupBy(sf.expr("CAST(concat('2026-03-0', quantity, ' 12:00:00') AS TIMESTAMP)").alias("key")).count()


WORKLOAD = Workload(
    name="cast-string-to-timestamp",
    shows="A cast from string to timestamp.",
    expected=Expected("fallback", causes=("unsupported-expression",)),
    run=_run,
)

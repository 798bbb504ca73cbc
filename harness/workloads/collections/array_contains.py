"""array_contains() over a column of arrays."""

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
    return sales.groupBy(sf.expr("array_contains(ratings, 2)").alias("key")).count()


WORKLOAD = Workload(
    name="array-contains",
    shows="array_contains() over a column of arrays.",
    expected=Expected("native"),
    run=_run,
)

"""IN with many literals and a comparison safe of nulls."""

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
    return sales.groupBy(sf.expr("store IN (1, 2, 3, 5, 8, 13, 21, 34) OR quantity <=> 4").alias("key")).count()


WORKLOAD = Workload(
    name="in-list",
    shows="IN with many literals and a comparison safe of nulls.",
    expected=Expected("native"),
    run=_run,
)

"""A cast from integer and boolean to string."""

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
    return sales.groupBy(sf.expr("CAST(quantity AS STRING) || CAST(store > 9 AS STRING)").alias("key")).count()


WORKLOAD = Workload(
    name="cast-number-to-string",
    shows="A cast from integer and boolean to string.",
    expected=Expected("native"),
    run=_run,
)

"""first() and last() that pass over nulls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as sf

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    sales = spark.read.parquet(data["sales"])
    one = sf.when(sf.col("id") < 0, sf.col("store")).otherwise(sf.col("store"))
    return sales.groupBy("store").agg(sf.first(one, ignorenulls=True), sf.last("store", ignorenulls=True))


WORKLOAD = Workload(
    name="aggregate-first-last",
    shows="first() and last() that pass over nulls.",
    expected=Expected("native"),
    run=_run,
)

"""hash() and xxhash64() of two columns."""

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
    return sales.groupBy(sf.expr("(hash(store, note) & 7) + (xxhash64(quantity, note) & 7)").alias("key")).count()


WORKLOAD = Workload(
    name="hash-murmur-xxhash",
    shows="hash() and xxhash64() of two columns.",
    expected=Expected("native"),
    run=_run,
)

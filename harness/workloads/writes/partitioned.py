"""Parquet partitioned by a column: Spark sorts by it before it writes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as sf

from workload import COUNTS_WRITES, Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> None:
    totals = spark.read.parquet(data["sales"]).groupBy("store", "quantity").agg(sf.count("*").alias("n"))
    totals.write.mode("overwrite").partitionBy("quantity").parquet(data.scratch_table("write-partitioned"))


WORKLOAD = Workload(
    name="write-partitioned",
    shows="Parquet partitioned by a column: Spark sorts by it before it writes.",
    expected=Expected("native"),
    run=_run,
    disagreement=COUNTS_WRITES,
)

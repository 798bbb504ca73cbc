"""A bucketed and sorted table."""

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
    buckets = totals.write.format("parquet").mode("overwrite").bucketBy(4, "store").sortBy("store")
    buckets.saveAsTable(data.table("write_bucketed"))


WORKLOAD = Workload(
    name="write-bucketed",
    shows="A bucketed and sorted table.",
    expected=Expected("fallback", causes=("unsupported-expression",)),
    run=_run,
    disagreement=COUNTS_WRITES,
)

"""A native query written to nowhere."""

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
    totals.write.format("noop").mode("overwrite").save()


WORKLOAD = Workload(
    name="write-noop",
    shows="A native query written to nowhere.",
    expected=Expected("native"),
    run=_run,
    disagreement=COUNTS_WRITES,
)

"""A native query whose result is written as Parquet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import COUNTS_WRITES, Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> None:
    totals = spark.read.parquet(data["sales"]).groupBy("store").sum("quantity").withColumnRenamed("sum(quantity)", "n")
    totals.write.mode("overwrite").parquet(data.scratch_table("totals"))


WORKLOAD = Workload(
    name="write-parquet",
    shows="A native query whose result is written as Parquet.",
    expected=Expected("native"),
    run=_run,
    disagreement=COUNTS_WRITES,
)

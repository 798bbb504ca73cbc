"""A native query written as ORC."""

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
    totals.write.mode("overwrite").orc(data.scratch_table("write-orc"))


WORKLOAD = Workload(
    name="write-orc",
    shows="A native query written as ORC.",
    expected=Expected("native"),
    run=_run,
    disagreement=COUNTS_WRITES,
)

"""trim() and lpad() in a grouping key."""

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
    return sales.groupBy(sf.expr("lpad(trim(note), 8, '.')").alias("key")).count()


WORKLOAD = Workload(
    name="string-trim-and-pad",
    shows="trim() and lpad() in a grouping key.",
    expected=Expected("native"),
    run=_run,
)

"""A partitioned Parquet table read for two of its partitions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as sf

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _set_up(spark: SparkSession, data: Dataset) -> None:
    sales = spark.read.parquet(data["sales"]).where("id < 20000").select("id", "store", "quantity")
    sales.coalesce(1).write.mode("overwrite").partitionBy("quantity").parquet(data.scratch_table("source-partitioned"))


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    table = spark.read.parquet(data.scratch_table("source-partitioned"))
    return table.where("quantity IN (2, 3)").groupBy("quantity").agg(sf.max("id"))


WORKLOAD = Workload(
    name="source-parquet-partitioned",
    shows="A partitioned Parquet table read for two of its partitions.",
    expected=Expected("native"),
    run=_run,
    set_up=_set_up,
)

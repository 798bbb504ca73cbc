"""Parquet files of two schemas read as one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as sf

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _set_up(spark: SparkSession, data: Dataset) -> None:
    sales = spark.read.parquet(data["sales"]).where("id < 20000")
    sales.select("id", "store").write.mode("overwrite").parquet(data.scratch_table("source-merged/a"))
    sales.select("store", "quantity").write.mode("overwrite").parquet(data.scratch_table("source-merged/b"))


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    both = [data.scratch_table("source-merged/a"), data.scratch_table("source-merged/b")]
    return spark.read.option("mergeSchema", "true").parquet(*both).groupBy("store").agg(sf.max("quantity"))


WORKLOAD = Workload(
    name="source-parquet-merged-schema",
    shows="Parquet files of two schemas read as one.",
    expected=Expected("native"),
    run=_run,
    set_up=_set_up,
)

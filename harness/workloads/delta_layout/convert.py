"""CONVERT TO DELTA of a folder of Parquet files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _set_up(spark: SparkSession, data: Dataset) -> None:
    sales = spark.read.parquet(data["sales"]).where("id < 20000").select("id", "store")
    sales.write.mode("overwrite").parquet(data.scratch_table("delta-convert"))


def _run(spark: SparkSession, data: Dataset) -> None:
    spark.sql(f"CONVERT TO DELTA parquet.`{data.scratch_table('delta-convert')}`")


WORKLOAD = Workload(
    name="delta-convert",
    shows="CONVERT TO DELTA of a folder of Parquet files.",
    expected=Expected("fallback", causes=("delta-feature",), also=("unsupported-expression",)),
    run=_run,
    set_up=_set_up,
    needs=("delta",),
)

"""A decimal of 38 digits, 18 behind the point."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as sf

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _set_up(spark: SparkSession, data: Dataset) -> None:
    rows = (
        spark.read.parquet(data["sales"])
        .where("id < 20000")
        .selectExpr("store", "CAST(customer AS DECIMAL(38,18)) AS d")
    )
    rows.write.mode("overwrite").parquet(data.scratch_table("type-wide-decimal"))


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    return spark.read.parquet(data.scratch_table("type-wide-decimal")).groupBy("store").agg(sf.max("d"), sf.sum("d"))


WORKLOAD = Workload(
    name="type-wide-decimal",
    shows="A decimal of 38 digits, 18 behind the point.",
    expected=Expected("native"),
    run=_run,
    set_up=_set_up,
)

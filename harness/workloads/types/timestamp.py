"""A timestamp column with a filter on it."""

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
        .selectExpr("store", "timestamp_seconds(1767225600 + id * 60) AS at")
    )
    rows.write.mode("overwrite").parquet(data.scratch_table("type-timestamp"))


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    return (
        spark.read.parquet(data.scratch_table("type-timestamp"))
        .where("at < TIMESTAMP'2026-01-10 00:00:00'")
        .groupBy("store")
        .agg(sf.max("at"))
    )


WORKLOAD = Workload(
    name="type-timestamp",
    shows="A timestamp column with a filter on it.",
    expected=Expected("native"),
    run=_run,
    set_up=_set_up,
)

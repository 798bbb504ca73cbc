"""hour() and minute() of a timestamp."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as sf

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _set_up(spark: SparkSession, data: Dataset) -> None:
    rows = spark.read.parquet(data["sales"]).where("id < 20000")
    rows.selectExpr("timestamp_seconds(1767225600 + id * 61) AS at").write.mode("overwrite").parquet(
        data.scratch_table("timestamp-hour-minute")
    )


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    rows = spark.read.parquet(data.scratch_table("timestamp-hour-minute"))
    return rows.groupBy(sf.expr("hour(at) * 60 + minute(at)").alias("key")).count()


WORKLOAD = Workload(
    name="timestamp-hour-minute",
    shows="hour() and minute() of a timestamp.",
    expected=Expected("native"),
    run=_run,
    set_up=_set_up,
)

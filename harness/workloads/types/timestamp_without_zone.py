"""A timestamp without a time zone."""

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
        .selectExpr("store", "CAST(timestamp_seconds(1767225600 + id * 60) AS TIMESTAMP_NTZ) AS at")
    )
    rows.write.mode("overwrite").parquet(data.scratch_table("type-timestamp-ntz"))


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    return spark.read.parquet(data.scratch_table("type-timestamp-ntz")).groupBy("store").agg(sf.max("at"))


WORKLOAD = Workload(
    name="type-timestamp-ntz",
    shows="A timestamp without a time zone.",
    expected=Expected("fallback", causes=("unsupported-expression",)),
    run=_run,
    set_up=_set_up,
)

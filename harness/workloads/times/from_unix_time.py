"""unix_timestamp() and from_unixtime()."""

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
        data.scratch_table("timestamp-from-unix")
    )


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    rows = spark.read.parquet(data.scratch_table("timestamp-from-unix"))
    return rows.groupBy(sf.expr("from_unixtime(unix_timestamp(at), 'yyyy-MM')").alias("key")).count()


WORKLOAD = Workload(
    name="timestamp-from-unix",
    shows="unix_timestamp() and from_unixtime().",
    expected=Expected("fallback", causes=("unsupported-expression",)),
    run=_run,
    set_up=_set_up,
)

"""Columns of day-time and year-month intervals."""

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
        .selectExpr("store", "make_dt_interval(0, store) AS d", "make_ym_interval(0, quantity) AS y")
    )
    rows.write.mode("overwrite").parquet(data.scratch_table("type-interval"))


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    return spark.read.parquet(data.scratch_table("type-interval")).groupBy("store").agg(sf.max("d"), sf.sum("y"))


WORKLOAD = Workload(
    name="type-interval",
    shows="Columns of day-time and year-month intervals.",
    expected=Expected("fallback", causes=("unsupported-operator",)),
    run=_run,
    set_up=_set_up,
)

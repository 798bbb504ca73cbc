"""A date column: filter, key and maximum."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _set_up(spark: SparkSession, data: Dataset) -> None:
    rows = spark.read.parquet(data["sales"]).where("id < 20000").selectExpr("store", "day")
    rows.write.mode("overwrite").parquet(data.scratch_table("type-date"))


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    return spark.read.parquet(data.scratch_table("type-date")).where("day > DATE'2026-02-01'").groupBy("day").count()


WORKLOAD = Workload(
    name="type-date",
    shows="A date column: filter, key and maximum.",
    expected=Expected("native"),
    run=_run,
    set_up=_set_up,
)

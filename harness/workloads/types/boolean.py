"""A boolean column: filter, key and count."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _set_up(spark: SparkSession, data: Dataset) -> None:
    rows = spark.read.parquet(data["sales"]).where("id < 20000").selectExpr("store", "price > 50 AS b")
    rows.write.mode("overwrite").parquet(data.scratch_table("type-boolean"))


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    return spark.read.parquet(data.scratch_table("type-boolean")).where("b OR store > 3").groupBy("b").count()


WORKLOAD = Workload(
    name="type-boolean",
    shows="A boolean column: filter, key and count.",
    expected=Expected("native"),
    run=_run,
    set_up=_set_up,
)

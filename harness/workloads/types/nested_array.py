"""A column of arrays of arrays, read for one item."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _set_up(spark: SparkSession, data: Dataset) -> None:
    rows = (
        spark.read.parquet(data["sales"]).where("id < 20000").selectExpr("store", "array(ratings, array(store)) AS a")
    )
    rows.write.mode("overwrite").parquet(data.scratch_table("type-nested-array"))


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    return spark.read.parquet(data.scratch_table("type-nested-array")).selectExpr("a[0][1] AS i").groupBy("i").count()


WORKLOAD = Workload(
    name="type-nested-array",
    shows="A column of arrays of arrays, read for one item.",
    expected=Expected("native"),
    run=_run,
    set_up=_set_up,
)

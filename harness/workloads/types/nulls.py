"""Columns full of nulls, and a filter for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _set_up(spark: SparkSession, data: Dataset) -> None:
    rows = (
        spark.read.parquet(data["sales"])
        .where("id < 20000")
        .selectExpr("store", "CAST(NULL AS INT) AS n", "IF(quantity > 5, NULL, quantity) AS q")
    )
    rows.write.mode("overwrite").parquet(data.scratch_table("type-nulls"))


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    return spark.read.parquet(data.scratch_table("type-nulls")).where("n IS NULL").groupBy("q").count()


WORKLOAD = Workload(
    name="type-nulls",
    shows="Columns full of nulls, and a filter for them.",
    expected=Expected("native"),
    run=_run,
    set_up=_set_up,
)

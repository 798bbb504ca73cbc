"""A column of maps, read for one value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _set_up(spark: SparkSession, data: Dataset) -> None:
    rows = (
        spark.read.parquet(data["sales"]).where("id < 20000").selectExpr("store", "map('q', quantity, 's', store) AS m")
    )
    rows.write.mode("overwrite").parquet(data.scratch_table("type-nested-map"))


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    return spark.read.parquet(data.scratch_table("type-nested-map")).selectExpr("m['q'] AS q").groupBy("q").count()


WORKLOAD = Workload(
    name="type-nested-map",
    shows="A column of maps, read for one value.",
    expected=Expected("native"),
    run=_run,
    set_up=_set_up,
)

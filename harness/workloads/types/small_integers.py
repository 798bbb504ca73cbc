"""Columns of tinyint and smallint."""

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
        .selectExpr("store", "CAST(quantity AS TINYINT) AS t", "CAST(customer AS SMALLINT) AS s")
    )
    rows.write.mode("overwrite").parquet(data.scratch_table("type-small-integers"))


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    return spark.read.parquet(data.scratch_table("type-small-integers")).groupBy("t").agg(sf.sum("s"), sf.max("s"))


WORKLOAD = Workload(
    name="type-small-integers",
    shows="Columns of tinyint and smallint.",
    expected=Expected("native"),
    run=_run,
    set_up=_set_up,
)

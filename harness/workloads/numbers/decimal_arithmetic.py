"""Sums and products of decimals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as sf

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    totals = spark.read.parquet(data["sales"]).selectExpr(
        "store", "CAST(quantity AS DECIMAL(10,2)) * CAST(store AS DECIMAL(10,2)) + CAST(1 AS DECIMAL(4,2)) AS d"
    )
    return totals.groupBy("store").agg(sf.sum("d"), sf.max("d"))


WORKLOAD = Workload(
    name="decimal-arithmetic",
    shows="Sums and products of decimals.",
    expected=Expected("native"),
    run=_run,
)

"""A union of two native scans under an aggregate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    sales = spark.read.parquet(data["sales"]).select("store", "price")
    return sales.where("store < 10").union(sales.where("store > 40")).groupBy("store").sum("price")


WORKLOAD = Workload(
    name="clean-union",
    shows="A union of two native scans under an aggregate.",
    expected=Expected("native"),
    run=_run,
)

"""A Parquet scan with several filters pushed into it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    sales = spark.read.parquet(data["sales"])
    return sales.where("id BETWEEN 1000 AND 9000 AND store IN (3, 4) AND note IS NOT NULL").select("id", "price")


WORKLOAD = Workload(
    name="source-parquet-pushed-filters",
    shows="A Parquet scan with several filters pushed into it.",
    expected=Expected("native"),
    run=_run,
)

"""A cube of two keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    sales = spark.read.parquet(data["sales"])
    return sales.where("id < 100000").cube("store", "quantity").count()


WORKLOAD = Workload(
    name="aggregate-cube",
    shows="A cube of two keys.",
    expected=Expected("native"),
    run=_run,
)

"""A sort within partitions, without a shuffle."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    sales = spark.read.parquet(data["sales"]).where("id < 20000")
    return sales.select("store", "id").sortWithinPartitions("store", "id")


WORKLOAD = Workload(
    name="sort-within-partitions",
    shows="A sort within partitions, without a shuffle.",
    expected=Expected("native"),
    run=_run,
)

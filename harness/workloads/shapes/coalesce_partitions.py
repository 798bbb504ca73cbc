"""Partitions put together without a shuffle."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    return spark.read.parquet(data["sales"]).select("id").where("id < 20000").coalesce(1)


WORKLOAD = Workload(
    name="coalesce-partitions",
    shows="Partitions put together without a shuffle.",
    expected=Expected("native"),
    run=_run,
)

"""Distinct pairs of values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    return spark.read.parquet(data["sales"]).select("store", "quantity").distinct()


WORKLOAD = Workload(
    name="distinct",
    shows="Distinct pairs of values.",
    expected=Expected("native"),
    run=_run,
)

"""A plain limit at the root."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    return spark.read.parquet(data["sales"]).select("id", "price").limit(5)


WORKLOAD = Workload(
    name="clean-limit",
    shows="A plain limit at the root.",
    expected=Expected("native"),
    run=_run,
)

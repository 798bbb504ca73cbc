"""A grouped aggregate over Parquet: everything runs in the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    return spark.read.parquet(data["sales"]).groupBy("store").sum("price", "quantity")


WORKLOAD = Workload(
    name="clean-aggregate",
    shows="A grouped aggregate over Parquet: everything runs in the engine.",
    expected=Expected("native"),
    run=_run,
    in_demo=True,
)

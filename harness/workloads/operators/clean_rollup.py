"""A rollup with a limit: expand, aggregate and top-k run in the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    sales = spark.read.parquet(data["sales"])
    return sales.rollup("store", "quantity").sum("price").orderBy("store", "quantity").limit(20)


WORKLOAD = Workload(
    name="clean-rollup",
    shows="A rollup with a limit: expand, aggregate and top-k run in the engine.",
    expected=Expected("native"),
    run=_run,
)

"""A clean aggregate on two executors: slots come from ExecutorAdded events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    return spark.read.parquet(data["sales"]).groupBy("store").sum("price")


WORKLOAD = Workload(
    name="aggregate-on-two-executors",
    shows="A clean aggregate on two executors: slots come from ExecutorAdded events.",
    expected=Expected("native"),
    run=_run,
)

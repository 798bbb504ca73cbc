"""The value that stands beside the largest other one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as sf

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    sales = spark.read.parquet(data["sales"])
    return sales.groupBy("store").agg(sf.max_by("customer", "id"), sf.min_by("customer", "id"))


WORKLOAD = Workload(
    name="aggregate-max-by",
    shows="The value that stands beside the largest other one.",
    expected=Expected("fallback", causes=("unsupported-expression",)),
    run=_run,
)

"""A handful of local rows under an aggregate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    return spark.createDataFrame([(n % 3, n) for n in range(30)], "k int, v int").groupBy("k").sum("v")


WORKLOAD = Workload(
    name="local-rows",
    shows="A handful of local rows under an aggregate.",
    expected=Expected("fallback", causes=("row-source",)),
    run=_run,
)

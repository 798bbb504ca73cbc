"""approx_count_distinct, a sketch in the aggregation buffer."""

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
    return sales.groupBy("store").agg(sf.approx_count_distinct("customer"))


WORKLOAD = Workload(
    name="aggregate-approximate-count",
    shows="approx_count_distinct, a sketch in the aggregation buffer.",
    expected=Expected("fallback", causes=("unsupported-expression",)),
    run=_run,
)

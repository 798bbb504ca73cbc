"""The higher-order function aggregate() over an array."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as sf

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    total = sf.aggregate("ratings", sf.lit(0), lambda total, rating: total + rating)
    return spark.read.parquet(data["sales"]).groupBy("store").agg(sf.sum(total))


WORKLOAD = Workload(
    name="higher-order-function",
    shows="The higher-order function aggregate() over an array.",
    expected=Expected("fallback", causes=("unsupported-expression",)),
    run=_run,
)

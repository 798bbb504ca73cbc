"""A cast from double to decimal inside an aggregate: not compatible in Comet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as sf

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    return spark.read.parquet(data["sales"]).groupBy("store").agg(sf.sum(sf.col("price").cast("decimal(12,2)")))


WORKLOAD = Workload(
    name="cast-to-decimal",
    shows="A cast from double to decimal inside an aggregate: not compatible in Comet.",
    expected=Expected("fallback", causes=("unsupported-expression",)),
    run=_run,
)

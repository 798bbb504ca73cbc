"""Correlation and covariance of two columns."""

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
    price = sf.col("price")
    return sales.groupBy("store").agg(sf.corr("quantity", price), sf.covar_samp("quantity", price))


WORKLOAD = Workload(
    name="aggregate-correlation",
    shows="Correlation and covariance of two columns.",
    expected=Expected("native"),
    run=_run,
)

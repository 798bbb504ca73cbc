"""A DataFrame sent through an RDD of Python rows and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    pairs = spark.read.parquet(data["sales"]).limit(5000).rdd.map(lambda row: (row.store, row.price * 0.81))
    return spark.createDataFrame(pairs, "store int, net double").groupBy("store").sum("net")


WORKLOAD = Workload(
    name="rdd-round-trip",
    shows="A DataFrame sent through an RDD of Python rows and back.",
    expected=Expected("fallback", causes=("row-source",)),
    run=_run,
)

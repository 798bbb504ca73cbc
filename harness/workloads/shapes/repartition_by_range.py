"""A repartition by ranges of a key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as sf

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    sales = spark.read.parquet(data["sales"]).select("store", "quantity")
    return sales.repartitionByRange(3, "store").groupBy("store").agg(sf.sum("quantity"))


WORKLOAD = Workload(
    name="repartition-by-range",
    shows="A repartition by ranges of a key.",
    expected=Expected("native"),
    run=_run,
)

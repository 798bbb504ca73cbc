"""A shuffled hash join, asked for by a hint."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as sf

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    sales, customers = spark.read.parquet(data["sales"]), spark.read.parquet(data["customers"])
    return sales.join(customers.hint("shuffle_hash"), "customer").groupBy("region").agg(sf.sum("quantity"))


WORKLOAD = Workload(
    name="join-shuffled-hash",
    shows="A shuffled hash join, asked for by a hint.",
    expected=Expected("native"),
    run=_run,
)

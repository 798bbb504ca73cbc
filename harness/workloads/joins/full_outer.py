"""A full outer join of two aggregates."""

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
    left = sales.where("store < 25").groupBy("customer").agg(sf.sum("quantity").alias("bought"))
    return left.join(customers.where("segment < 2"), "customer", "full").groupBy("segment").agg(sf.max("bought"))


WORKLOAD = Workload(
    name="join-full-outer",
    shows="A full outer join of two aggregates.",
    expected=Expected("native"),
    run=_run,
)

"""A left semi join by sort and merge."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    sales, customers = spark.read.parquet(data["sales"]), spark.read.parquet(data["customers"])
    return sales.join(customers.where("segment = 3").hint("merge"), "customer", "left_semi").groupBy("store").count()


WORKLOAD = Workload(
    name="join-left-semi",
    shows="A left semi join by sort and merge.",
    expected=Expected("native"),
    run=_run,
)

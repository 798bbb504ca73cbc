"""A left anti join by broadcast."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    sales, customers = spark.read.parquet(data["sales"]), spark.read.parquet(data["customers"])
    return sales.join(customers.where("segment = 3"), "customer", "left_anti").groupBy("store").count()


WORKLOAD = Workload(
    name="join-left-anti",
    shows="A left anti join by broadcast.",
    expected=Expected("fallback", causes=("unsupported-operator",)),
    run=_run,
)

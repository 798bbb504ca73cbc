"""A join without equality: a nested loop over a broadcast table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    sales = spark.read.parquet(data["sales"]).where("id < 2000")
    bounds = spark.read.parquet(data["customers"]).where("customer < 20").withColumnRenamed("customer", "bound")
    return sales.join(bounds, sales.store > bounds.bound).groupBy("store").count()


WORKLOAD = Workload(
    name="nested-loop-join",
    shows="A join without equality: a nested loop over a broadcast table.",
    expected=Expected("fallback", causes=("unsupported-operator",)),
    run=_run,
)

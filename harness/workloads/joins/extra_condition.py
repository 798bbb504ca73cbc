"""A sort-merge join with an inequality beside its key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    sales, customers = spark.read.parquet(data["sales"]), spark.read.parquet(data["customers"])
    condition = (sales["customer"] == customers["customer"]) & (sales["quantity"] > customers["segment"])
    return sales.hint("merge").join(customers, condition).groupBy("region").count()


WORKLOAD = Workload(
    name="join-extra-condition",
    shows="A sort-merge join with an inequality beside its key.",
    expected=Expected("fallback", causes=("unsupported-operator",)),
    run=_run,
)

"""A left outer join that finds no partner for most rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    sales, customers = spark.read.parquet(data["sales"]), spark.read.parquet(data["customers"])
    few = customers.where("segment = 1").hint("merge")
    return sales.join(few, "customer", "left").groupBy("segment").count()


WORKLOAD = Workload(
    name="join-left-outer",
    shows="A left outer join that finds no partner for most rows.",
    expected=Expected("native"),
    run=_run,
)

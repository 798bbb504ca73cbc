"""A clean sort-merge join on two executors: native shuffles between processes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    sales, customers = spark.read.parquet(data["sales"]), spark.read.parquet(data["customers"])
    return sales.hint("merge").join(customers, "customer").groupBy("region").sum("price")


WORKLOAD = Workload(
    name="join-on-two-executors",
    shows="A clean sort-merge join on two executors: native shuffles between processes.",
    expected=Expected("native"),
    run=_run,
)

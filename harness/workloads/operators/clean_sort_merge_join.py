"""A sort-merge join forced by a hint, native all the same on Comet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    sales, customers = spark.read.parquet(data["sales"]), spark.read.parquet(data["customers"])
    return sales.hint("merge").join(customers, "customer").groupBy("segment").count()


WORKLOAD = Workload(
    name="clean-sort-merge-join",
    shows="A sort-merge join forced by a hint, native all the same on Comet.",
    expected=Expected("native"),
    run=_run,
)

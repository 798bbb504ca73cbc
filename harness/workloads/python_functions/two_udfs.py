"""A Python UDF called on the result of another: both run in one operator."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as sf

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    @sf.udf("int")
    def next_one(quantity: int) -> int:
        return quantity + 1

    sales = spark.read.parquet(data["sales"]).where("id < 20000")
    return sales.groupBy(next_one(next_one("quantity")).alias("q")).count()


WORKLOAD = Workload(
    name="udf-of-a-udf",
    shows="A Python UDF called on the result of another: both run in one operator.",
    expected=Expected("fallback", causes=("python-udf",)),
    run=_run,
)

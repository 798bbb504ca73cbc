"""A table joined with an aggregate of itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as sf

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    sales = spark.read.parquet(data["sales"])
    largest = sales.groupBy("store").agg(sf.max("price").alias("top"))
    return sales.join(largest, "store").where("price = top").groupBy("store").count()


WORKLOAD = Workload(
    name="join-self",
    shows="A table joined with an aggregate of itself.",
    expected=Expected("native"),
    run=_run,
)

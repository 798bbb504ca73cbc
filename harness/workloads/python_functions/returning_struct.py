"""A Python UDF that returns a struct."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as sf

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    @sf.udf("low int, high int")
    def ends(ratings: list[int]) -> tuple[int, int]:
        return min(ratings), max(ratings)

    sales = spark.read.parquet(data["sales"]).where("id < 20000")
    return sales.select(ends("ratings").alias("e")).groupBy("e.high").count()


WORKLOAD = Workload(
    name="udf-returning-struct",
    shows="A Python UDF that returns a struct.",
    expected=Expected("fallback", causes=("python-udf",)),
    run=_run,
)

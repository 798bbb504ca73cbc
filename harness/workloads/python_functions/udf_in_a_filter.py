"""A Python UDF as the condition of a filter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as sf

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    @sf.udf("boolean")
    def is_even(number: int) -> bool:
        return number % 2 == 0

    sales = spark.read.parquet(data["sales"]).where("id < 20000")
    return sales.where(is_even("id")).groupBy("store").count()


WORKLOAD = Workload(
    name="udf-in-a-filter",
    shows="A Python UDF as the condition of a filter.",
    expected=Expected("fallback", causes=("python-udf",)),
    run=_run,
)

"""every() and any() over a condition."""

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
    return sales.groupBy("store").agg(sf.expr("every(price >= 0)"), sf.expr("any(quantity > 8)"))


WORKLOAD = Workload(
    name="aggregate-boolean-functions",
    shows="every() and any() over a condition.",
    expected=Expected("native"),
    run=_run,
)

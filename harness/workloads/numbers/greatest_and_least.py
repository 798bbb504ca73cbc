"""greatest() and least() of three columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as sf

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    sales = spark.read.parquet(data["sales"]).where("id < 100000")
    return sales.groupBy(sf.expr("greatest(store, quantity, 20) - least(store, quantity, 5)").alias("key")).count()


WORKLOAD = Workload(
    name="greatest-least",
    shows="greatest() and least() of three columns.",
    expected=Expected("fallback", causes=("unsupported-expression",)),
    run=_run,
)

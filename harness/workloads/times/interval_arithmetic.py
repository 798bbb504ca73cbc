"""A date plus an interval of months made of a column."""

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
    return sales.groupBy(sf.expr("day + make_ym_interval(0, quantity)").alias("key")).count()


WORKLOAD = Workload(
    name="interval-arithmetic",
    shows="A date plus an interval of months made of a column.",
    expected=Expected("fallback", causes=("unsupported-expression",)),
    run=_run,
)

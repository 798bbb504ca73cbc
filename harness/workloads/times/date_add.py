"""date_add() and date_sub() by a column."""

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
    return sales.groupBy(sf.expr("date_add(date_sub(day, 7), quantity)").alias("key")).count()


WORKLOAD = Workload(
    name="date-add",
    shows="date_add() and date_sub() by a column.",
    expected=Expected("native"),
    run=_run,
)

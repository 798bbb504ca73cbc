"""RLIKE with a pattern that no LIKE can say."""

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
    return sales.groupBy(sf.expr("note RLIKE '-[0-9]{2} item'").alias("key")).count()


WORKLOAD = Workload(
    name="string-rlike",
    shows="RLIKE with a pattern that no LIKE can say.",
    expected=Expected("fallback", causes=("unsupported-expression",)),
    run=_run,
)

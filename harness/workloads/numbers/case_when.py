"""CASE WHEN with several branches."""

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
    return sales.groupBy(
        sf.expr("CASE WHEN price < 10 THEN 'low' WHEN price < 50 THEN 'middle' ELSE 'high' END").alias("key")
    ).count()


WORKLOAD = Workload(
    name="case-when",
    shows="CASE WHEN with several branches.",
    expected=Expected("native"),
    run=_run,
)

"""datediff() and months_between()."""

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
        sf.expr("datediff(day, DATE'2026-01-01') + floor(months_between(day, DATE'2025-01-01'))").alias("key")
    ).count()


WORKLOAD = Workload(
    name="date-difference",
    shows="datediff() and months_between().",
    expected=Expected("fallback", causes=("unsupported-expression",)),
    run=_run,
)

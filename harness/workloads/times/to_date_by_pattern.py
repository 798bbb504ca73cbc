"""to_date() by a pattern."""

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
    return sales.groupBy(sf.expr("to_date(concat('2026-0', quantity, '-01'), 'yyyy-MM-dd')").alias("key")).count()


WORKLOAD = Workload(
    name="date-by-pattern",
    shows="to_date() by a pattern.",
    expected=Expected("fallback", causes=("unsupported-expression",)),
    run=_run,
)

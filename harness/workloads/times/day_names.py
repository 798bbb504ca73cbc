"""next_day(), last_day() and dayofweek()."""

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
    return sales.groupBy(sf.expr("if(next_day(day, 'MON') > last_day(day), 0, dayofweek(day))").alias("key")).count()


WORKLOAD = Workload(
    name="date-next-and-last-day",
    shows="next_day(), last_day() and dayofweek().",
    expected=Expected("fallback", causes=("unsupported-expression",)),
    run=_run,
)

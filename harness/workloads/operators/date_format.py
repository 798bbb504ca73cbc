"""date_format in a projection: Comet has no native form of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as sf

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    key = sf.date_format("day", "yyyy-MM")
    return spark.read.parquet(data["sales"]).groupBy(key.alias("key")).count()


WORKLOAD = Workload(
    name="date-format",
    shows="date_format in a projection: Comet has no native form of it.",
    expected=Expected("fallback", causes=("unsupported-expression",)),
    run=_run,
)

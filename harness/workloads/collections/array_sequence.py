"""sequence() made per row."""

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
    return sales.groupBy(sf.expr("array_contains(sequence(1, quantity), 5)").alias("key")).count()


WORKLOAD = Workload(
    name="array-sequence",
    shows="sequence() made per row.",
    expected=Expected("fallback", causes=("unsupported-expression",)),
    run=_run,
)

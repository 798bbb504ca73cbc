"""exists() and forall() with a lambda."""

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
    return sales.groupBy(sf.expr("exists(ratings, r -> r = 4) OR forall(ratings, r -> r < 2)").alias("key")).count()


WORKLOAD = Workload(
    name="array-exists",
    shows="exists() and forall() with a lambda.",
    expected=Expected("fallback", causes=("unsupported-expression",)),
    run=_run,
)

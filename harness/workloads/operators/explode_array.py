"""explode() of an array column, then an aggregate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as sf

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    return spark.read.parquet(data["sales"]).select(sf.explode("ratings").alias("rating")).groupBy("rating").count()


WORKLOAD = Workload(
    name="explode-array",
    shows="explode() of an array column, then an aggregate.",
    expected=Expected("fallback", causes=("unsupported-expression",), also=("unsupported-operator",)),
    run=_run,
)

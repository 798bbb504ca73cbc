"""min() and max() of a string, which Spark sorts for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as sf

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    sales = spark.read.parquet(data["sales"])
    return sales.groupBy("store").agg(sf.min("note"), sf.max("note"))


WORKLOAD = Workload(
    name="aggregate-string-minimum",
    shows="min() and max() of a string, which Spark sorts for.",
    expected=Expected("fallback", causes=("unsupported-operator",)),
    run=_run,
)

"""Two distinct counts at once: Spark expands the rows."""

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
    return sales.groupBy("store").agg(sf.countDistinct("customer"), sf.countDistinct("day"))


WORKLOAD = Workload(
    name="aggregate-count-distinct",
    shows="Two distinct counts at once: Spark expands the rows.",
    expected=Expected("fallback", causes=("unsupported-expression",)),
    run=_run,
)

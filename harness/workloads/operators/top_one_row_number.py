"""The newest row of each key by row_number() = 1."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import Window
from pyspark.sql import functions as sf

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    newest = sf.row_number().over(Window.partitionBy("store").orderBy(sf.desc("day"), "id"))
    return spark.read.parquet(data["sales"]).withColumn("rank", newest).where("rank = 1").select("store", "id")


WORKLOAD = Workload(
    name="top-one-row-number",
    shows="The newest row of each key by row_number() = 1.",
    expected=Expected("fallback", causes=("unsupported-operator",)),
    run=_run,
)

"""A running sum over a window."""

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
    sales = spark.read.parquet(data["sales"])
    running = sf.sum("price").over(Window.partitionBy("store").orderBy("day", "id"))
    return sales.select("store", running.alias("running")).groupBy("store").max("running")


WORKLOAD = Workload(
    name="window-sum",
    shows="A running sum over a window.",
    expected=Expected("fallback", causes=("unsupported-operator",)),
    run=_run,
    in_demo=True,
)

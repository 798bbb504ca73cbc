"""first_value() and last_value() over a running frame."""

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
    sales = spark.read.parquet(data["sales"]).where("id < 100000")
    order = Window.partitionBy("store").orderBy("id").rowsBetween(Window.unboundedPreceding, 0)
    ends = sales.select("store", sf.first("id").over(order).alias("f"), sf.last("id").over(order).alias("l"))
    return ends.groupBy("store").agg(sf.max("f"), sf.max("l"))


WORKLOAD = Workload(
    name="window-first-last-value",
    shows="first_value() and last_value() over a running frame.",
    expected=Expected("fallback", causes=("unsupported-operator",)),
    run=_run,
)

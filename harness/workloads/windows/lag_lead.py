"""lag() and lead() to the neighbouring rows."""

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
    order = Window.partitionBy("store").orderBy("id")
    steps = sales.select("store", sf.lag("id").over(order).alias("b"), sf.lead("id", 2).over(order).alias("f"))
    return steps.groupBy("store").agg(sf.max("b"), sf.max("f"))


WORKLOAD = Workload(
    name="window-lag-lead",
    shows="lag() and lead() to the neighbouring rows.",
    expected=Expected("fallback", causes=("unsupported-operator",)),
    run=_run,
)

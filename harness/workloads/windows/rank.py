"""rank() and dense_rank() over one order."""

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
    order = Window.partitionBy("store").orderBy("price")
    ranked = sales.select("store", sf.rank().over(order).alias("r"), sf.dense_rank().over(order).alias("d"))
    return ranked.groupBy("store").agg(sf.max("r"), sf.max("d"))


WORKLOAD = Workload(
    name="window-rank",
    shows="rank() and dense_rank() over one order.",
    expected=Expected("fallback", causes=("unsupported-operator",)),
    run=_run,
)

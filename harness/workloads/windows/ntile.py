"""ntile() cuts each partition into four."""

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
    return sales.select("store", sf.ntile(4).over(order).alias("q")).groupBy("q").count()


WORKLOAD = Workload(
    name="window-ntile",
    shows="ntile() cuts each partition into four.",
    expected=Expected("fallback", causes=("unsupported-operator",)),
    run=_run,
)

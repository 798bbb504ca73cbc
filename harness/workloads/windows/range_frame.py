"""A count over a frame of values."""

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
    near = Window.partitionBy("store").orderBy("id").rangeBetween(-1000, 0)
    return sales.select("store", sf.count("*").over(near).alias("n")).groupBy("store").agg(sf.max("n"))


WORKLOAD = Workload(
    name="window-range-frame",
    shows="A count over a frame of values.",
    expected=Expected("fallback", causes=("unsupported-operator",)),
    run=_run,
)

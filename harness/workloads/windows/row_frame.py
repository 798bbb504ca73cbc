"""A moving maximum over a frame of rows."""

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
    near = Window.partitionBy("store").orderBy("id").rowsBetween(-3, 3)
    return sales.select("store", sf.max("price").over(near).alias("m")).groupBy("store").agg(sf.min("m"))


WORKLOAD = Workload(
    name="window-row-frame",
    shows="A moving maximum over a frame of rows.",
    expected=Expected("fallback", causes=("unsupported-operator",)),
    run=_run,
)

"""A sum and a count over the whole partition, without an order."""

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
    of_store = Window.partitionBy("store")
    shares = sales.select(
        "store", sf.sum("quantity").over(of_store).alias("s"), sf.count("*").over(of_store).alias("n")
    )
    return shares.groupBy("store").agg(sf.max("s"), sf.max("n"))


WORKLOAD = Workload(
    name="window-whole-partition",
    shows="A sum and a count over the whole partition, without an order.",
    expected=Expected("fallback", causes=("unsupported-operator",)),
    run=_run,
)

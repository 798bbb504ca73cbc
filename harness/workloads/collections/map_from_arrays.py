"""map_from_arrays() of two arrays of columns, and a value by its key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as sf

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    sales = spark.read.parquet(data["sales"]).where("id < 100000")
    return sales.groupBy(
        sf.expr("map_from_arrays(array(quantity, store + 100), array(store, quantity))[quantity]").alias("key")
    ).count()


WORKLOAD = Workload(
    name="map-from-arrays",
    shows="map_from_arrays() of two arrays of columns, and a value by its key.",
    expected=Expected("native"),
    run=_run,
)

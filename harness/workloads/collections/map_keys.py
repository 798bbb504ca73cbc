"""map_keys() and map_values()."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as sf

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    maps = spark.read.parquet(data["sales"]).where("id < 100000")
    maps = maps.selectExpr("map_from_arrays(array(quantity), array(store)) AS m")
    found = sf.expr("array_contains(map_keys(m), 2) OR array_contains(map_values(m), 3)")
    return maps.groupBy(found.alias("key")).count()


WORKLOAD = Workload(
    name="map-keys-values",
    shows="map_keys() and map_values().",
    expected=Expected("native"),
    run=_run,
)

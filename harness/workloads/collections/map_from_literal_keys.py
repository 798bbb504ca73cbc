"""map_from_arrays() whose keys are literals, which Comet 0.12.0 crashes on."""

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
    return sales.groupBy(sf.expr("map_from_arrays(array('a', 'b'), array(store, quantity))['b']").alias("key")).count()


WORKLOAD = Workload(
    name="map-from-literal-keys",
    shows="map_from_arrays() whose keys are literals, which Comet 0.12.0 crashes on.",
    expected=Expected("native"),
    run=_run,
    crashes="comet",
)

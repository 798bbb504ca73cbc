"""element_at() of a map."""

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
        sf.expr("element_at(map_from_arrays(array(quantity), array(store)), quantity)").alias("key")
    ).count()


WORKLOAD = Workload(
    name="map-element-at",
    shows="element_at() of a map.",
    expected=Expected("fallback", causes=("unsupported-expression",)),
    run=_run,
)

"""Standard deviation and variance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as sf

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    sales = spark.read.parquet(data["sales"])
    return sales.groupBy("store").agg(sf.stddev("quantity"), sf.var_pop("quantity"))


WORKLOAD = Workload(
    name="aggregate-deviation",
    shows="Standard deviation and variance.",
    expected=Expected("native"),
    run=_run,
)

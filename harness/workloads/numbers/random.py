"""rand() with a seed in a filter."""

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
    return sales.where("rand(5) < 0.5").groupBy("store").agg(sf.max("quantity"))


WORKLOAD = Workload(
    name="random-seeded",
    shows="rand() with a seed in a filter.",
    expected=Expected("fallback", causes=("unsupported-expression",)),
    run=_run,
)

"""A limit in the middle of a query."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as sf

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    few = spark.read.parquet(data["sales"]).select("quantity").limit(1000)
    return few.agg(sf.count("*"))


WORKLOAD = Workload(
    name="limit-inside",
    shows="A limit in the middle of a query.",
    expected=Expected("native"),
    run=_run,
)

"""Columns turned into rows by unpivot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as sf

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    sales = spark.read.parquet(data["sales"]).select("id", "store", "quantity")
    return sales.unpivot("id", ["store", "quantity"], "what", "value").groupBy("what").agg(sf.sum("value"))


WORKLOAD = Workload(
    name="unpivot",
    shows="Columns turned into rows by unpivot.",
    expected=Expected("native"),
    run=_run,
)

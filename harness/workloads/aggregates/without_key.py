"""A global aggregate: one row from all."""

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
    return sales.agg(sf.count("*"), sf.min("day"), sf.max("price"), sf.avg("quantity"))


WORKLOAD = Workload(
    name="aggregate-without-key",
    shows="A global aggregate: one row from all.",
    expected=Expected("native"),
    run=_run,
)

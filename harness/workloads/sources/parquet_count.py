"""A count of all rows: no column is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as sf

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    return spark.read.parquet(data["sales"]).agg(sf.count("*"))


WORKLOAD = Workload(
    name="source-parquet-count",
    shows="A count of all rows: no column is read.",
    expected=Expected("native"),
    run=_run,
)

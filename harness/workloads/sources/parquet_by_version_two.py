"""Parquet read through the second version of the source interface."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as sf

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    return spark.read.parquet(data["sales"]).groupBy("store").agg(sf.sum("quantity"))


WORKLOAD = Workload(
    name="source-parquet-v2",
    shows="Parquet read through the second version of the source interface.",
    expected=Expected("native"),
    run=_run,
    settings={"spark.sql.sources.useV1SourceList": ""},
)

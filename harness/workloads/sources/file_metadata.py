"""The hidden _metadata column of a file source."""

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
    return sales.select("_metadata.file_size", "store").groupBy("store").agg(sf.max("file_size"))


WORKLOAD = Workload(
    name="source-file-metadata",
    shows="The hidden _metadata column of a file source.",
    expected=Expected("fallback", causes=("unsupported-operator",)),
    run=_run,
)

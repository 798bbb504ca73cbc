"""Whole files as binary values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as sf

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    files = spark.read.format("binaryFile").option("pathGlobFilter", "*.parquet").load(data["sales"])
    return files.groupBy((sf.col("length") > 0).alias("full")).count()


WORKLOAD = Workload(
    name="source-binary-files",
    shows="Whole files as binary values.",
    expected=Expected("fallback", causes=("row-source",)),
    run=_run,
)

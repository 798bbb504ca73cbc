"""input_file_name() of each row."""

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
    return sales.select("store", sf.input_file_name().alias("file")).agg(sf.countDistinct("file"))


WORKLOAD = Workload(
    name="source-input-file-name",
    shows="input_file_name() of each row.",
    expected=Expected("fallback", causes=("unsupported-expression",)),
    run=_run,
)

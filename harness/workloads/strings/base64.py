"""base64() and unhex() of a string."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as sf

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    sales = spark.read.parquet(data["sales"]).where("id < 100000")
    return sales.groupBy(sf.expr("base64(encode(substring(note, 1, 8), 'utf-8'))").alias("key")).count()


WORKLOAD = Workload(
    name="string-base64",
    shows="base64() and unhex() of a string.",
    expected=Expected("fallback", causes=("unsupported-expression",)),
    run=_run,
)

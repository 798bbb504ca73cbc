"""crc32() and sha1() of a string."""

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
    return sales.groupBy(
        sf.expr("substring(sha1(note), 1, 1) || (crc32(CAST(note AS BINARY)) & 3)").alias("key")
    ).count()


WORKLOAD = Workload(
    name="hash-crc32-sha1",
    shows="crc32() and sha1() of a string.",
    expected=Expected("fallback", causes=("unsupported-expression",)),
    run=_run,
)

"""md5() and sha2() of a string."""

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
    return sales.groupBy(sf.expr("substring(md5(note), 1, 1) || substring(sha2(note, 256), 1, 1)").alias("key")).count()


WORKLOAD = Workload(
    name="hash-md5-sha2",
    shows="md5() and sha2() of a string.",
    expected=Expected("native"),
    run=_run,
)

"""A cast from string to integer."""

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
    return sales.groupBy(sf.expr("CAST(substring(note, 7, 2) AS INT)").alias("key")).count()


WORKLOAD = Workload(
    name="cast-string-to-number",
    shows="A cast from string to integer.",
    expected=Expected("native"),
    run=_run,
)

"""LIKE with wildcards on both sides."""

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
    return sales.groupBy(sf.expr("note LIKE '%-1_ item-_'").alias("key")).count()


WORKLOAD = Workload(
    name="string-like",
    shows="LIKE with wildcards on both sides.",
    expected=Expected("native"),
    run=_run,
)

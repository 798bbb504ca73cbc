"""A global sort of all rows by two keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as sf

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    sales = spark.read.parquet(data["sales"]).where("id < 20000")
    return sales.select("store", "id").orderBy("store", sf.desc("id"))


WORKLOAD = Workload(
    name="sort-global",
    shows="A global sort of all rows by two keys.",
    expected=Expected("native"),
    run=_run,
)

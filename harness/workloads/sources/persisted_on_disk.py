"""A DataFrame persisted on disk only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark import StorageLevel
from pyspark.sql import functions as sf

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    sales = spark.read.parquet(data["sales"]).where("id < 20000").select("store", "quantity")
    return sales.persist(StorageLevel.DISK_ONLY).groupBy("store").agg(sf.max("quantity"))


WORKLOAD = Workload(
    name="source-persisted-on-disk",
    shows="A DataFrame persisted on disk only.",
    expected=Expected("fallback", causes=("cached-table",)),
    run=_run,
)

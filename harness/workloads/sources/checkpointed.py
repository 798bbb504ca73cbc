"""A DataFrame cut off from its past by a local checkpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as sf

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    sales = spark.read.parquet(data["sales"]).where("id < 20000").select("store", "quantity")
    return sales.localCheckpoint().groupBy("store").agg(sf.max("quantity"))


WORKLOAD = Workload(
    name="source-checkpointed",
    shows="A DataFrame cut off from its past by a local checkpoint.",
    expected=Expected("fallback", causes=("row-source",)),
    run=_run,
)

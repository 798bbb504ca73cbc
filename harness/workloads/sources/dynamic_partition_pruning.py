"""A partitioned table pruned at run time by a broadcast join."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as sf

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _set_up(spark: SparkSession, data: Dataset) -> None:
    sales = spark.read.parquet(data["sales"]).where("id < 20000").select("id", "store", "quantity")
    sales.coalesce(1).write.mode("overwrite").partitionBy("quantity").parquet(data.scratch_table("source-pruned"))


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    table = spark.read.parquet(data.scratch_table("source-pruned"))
    few = spark.read.parquet(data["customers"]).where("region = 'region 3' AND customer < 9").select("customer")
    return table.join(few, sf.col("quantity") == sf.col("customer")).groupBy("store").agg(sf.count("*"))


WORKLOAD = Workload(
    name="source-dynamic-pruning",
    shows="A partitioned table pruned at run time by a broadcast join.",
    expected=Expected("fallback", causes=("unsupported-operator",)),
    run=_run,
    set_up=_set_up,
)

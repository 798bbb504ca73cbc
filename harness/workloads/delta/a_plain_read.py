"""A plain read of a Delta table, which Comet 0.12 leaves to the JVM."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _set_up(spark: SparkSession, data: Dataset) -> None:
    sales = spark.read.parquet(data["sales"]).where("id < 100000").select("id", "store", "price")
    sales.write.format("delta").mode("overwrite").save(data.scratch_table("plain"))


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    return spark.read.format("delta").load(data.scratch_table("plain")).groupBy("store").sum("price")


WORKLOAD = Workload(
    name="delta-read",
    shows="A plain read of a Delta table, which Comet 0.12 leaves to the JVM.",
    expected=Expected("fallback", causes=("delta-feature",)),
    run=_run,
    set_up=_set_up,
    needs=("delta",),
)

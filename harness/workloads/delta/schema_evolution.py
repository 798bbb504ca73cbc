"""A Delta table whose schema grew with a later append (mergeSchema)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _set_up(spark: SparkSession, data: Dataset) -> None:
    sales = spark.read.parquet(data["sales"]).where("id < 20000")
    table = data.scratch_table("grown")
    sales.select("id", "store").write.format("delta").mode("overwrite").save(table)
    grown = sales.select("id", "store", "price").write.format("delta").mode("append")
    grown.option("mergeSchema", "true").save(table)


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    return spark.read.format("delta").load(data.scratch_table("grown")).groupBy("store").sum("price")


WORKLOAD = Workload(
    name="delta-schema-evolution",
    shows="A Delta table whose schema grew with a later append (mergeSchema).",
    expected=Expected("fallback", causes=("delta-feature",)),
    run=_run,
    set_up=_set_up,
    needs=("delta",),
)

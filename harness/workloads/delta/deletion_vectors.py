"""A Delta table read through its deletion vectors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _set_up(spark: SparkSession, data: Dataset) -> None:
    sales = spark.read.parquet(data["sales"]).where("id < 100000").select("id", "store", "price")
    sales.write.format("delta").mode("overwrite").option("delta.enableDeletionVectors", "true").save(
        data.scratch_table("vectors")
    )
    spark.sql(f"DELETE FROM delta.`{data.scratch_table('vectors')}` WHERE id % 10 = 3")


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    return spark.read.format("delta").load(data.scratch_table("vectors")).groupBy("store").sum("price")


WORKLOAD = Workload(
    name="delta-deletion-vectors",
    shows="A Delta table read through its deletion vectors.",
    expected=Expected("fallback", causes=("delta-feature",)),
    run=_run,
    set_up=_set_up,
    in_demo=True,
    needs=("delta",),
)

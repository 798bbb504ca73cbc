"""OPTIMIZE ZORDER, which Comet 0.12.0 crashes on: a failed execution."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _set_up(spark: SparkSession, data: Dataset) -> None:
    sales = spark.read.parquet(data["sales"]).where("id < 20000").select("id", "store", "price")
    sales.write.format("delta").mode("overwrite").save(data.scratch_table("ordered"))
    sales.write.format("delta").mode("append").save(data.scratch_table("ordered"))


def _run(spark: SparkSession, data: Dataset) -> None:
    spark.sql(f"OPTIMIZE delta.`{data.scratch_table('ordered')}` ZORDER BY (id, price)")


WORKLOAD = Workload(
    name="delta-optimize-zorder",
    shows="OPTIMIZE ZORDER, which Comet 0.12.0 crashes on: a failed execution.",
    expected=Expected("fallback", causes=("delta-feature",)),
    run=_run,
    set_up=_set_up,
    needs=("delta",),
    crashes="comet",
)

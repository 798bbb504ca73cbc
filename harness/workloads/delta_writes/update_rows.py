"""UPDATE of a Delta table: the work is in nested executions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _set_up(spark: SparkSession, data: Dataset) -> None:
    sales = spark.read.parquet(data["sales"]).where("id < 20000").select("id", "store", "price")
    sales.write.format("delta").mode("overwrite").save(data.scratch_table("updated"))


def _run(spark: SparkSession, data: Dataset) -> None:
    spark.sql(f"UPDATE delta.`{data.scratch_table('updated')}` SET price = price + 1 WHERE store = 3")


WORKLOAD = Workload(
    name="delta-update",
    shows="UPDATE of a Delta table: the work is in nested executions.",
    expected=Expected("fallback", causes=("delta-feature",)),
    run=_run,
    set_up=_set_up,
    needs=("delta",),
)

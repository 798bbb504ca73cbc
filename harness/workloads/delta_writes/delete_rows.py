"""DELETE from a Delta table: the work is in nested executions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _set_up(spark: SparkSession, data: Dataset) -> None:
    sales = spark.read.parquet(data["sales"]).where("id < 20000").select("id", "store", "price")
    sales.write.format("delta").mode("overwrite").save(data.scratch_table("deleted"))


def _run(spark: SparkSession, data: Dataset) -> None:
    spark.sql(f"DELETE FROM delta.`{data.scratch_table('deleted')}` WHERE id % 7 = 1")


WORKLOAD = Workload(
    name="delta-delete",
    shows="DELETE from a Delta table: the work is in nested executions.",
    expected=Expected("fallback", causes=("delta-feature",)),
    run=_run,
    set_up=_set_up,
    needs=("delta",),
)

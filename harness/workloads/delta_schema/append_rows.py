"""An append to a Delta table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import COUNTS_COMMANDS, Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _set_up(spark: SparkSession, data: Dataset) -> None:
    table = data.table("delta_append")
    spark.sql(
        f"CREATE OR REPLACE TABLE {table} USING delta AS"
        f" SELECT id, store, quantity FROM parquet.`{data['sales']}` WHERE id < 20000"
    )


def _run(spark: SparkSession, data: Dataset) -> None:
    sales = spark.read.parquet(data["sales"]).where("id BETWEEN 20000 AND 30000").select("id", "store", "quantity")
    sales.write.format("delta").mode("append").saveAsTable(data.table("delta_append"))


WORKLOAD = Workload(
    name="delta-append",
    shows="An append to a Delta table.",
    expected=Expected("native"),
    run=_run,
    set_up=_set_up,
    needs=("delta",),
    disagreement=COUNTS_COMMANDS,
)

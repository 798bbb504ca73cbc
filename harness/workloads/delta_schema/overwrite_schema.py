"""A Delta table overwritten together with its schema."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import COUNTS_COMMANDS, Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _set_up(spark: SparkSession, data: Dataset) -> None:
    table = data.table("delta_overwrite_schema")
    spark.sql(
        f"CREATE OR REPLACE TABLE {table} USING delta AS"
        f" SELECT id, store, quantity FROM parquet.`{data['sales']}` WHERE id < 20000"
    )


def _run(spark: SparkSession, data: Dataset) -> None:
    sales = spark.read.parquet(data["sales"]).where("id < 20000").select("id", "note")
    over = sales.write.format("delta").mode("overwrite").option("overwriteSchema", "true")
    over.saveAsTable(data.table("delta_overwrite_schema"))


WORKLOAD = Workload(
    name="delta-overwrite-schema",
    shows="A Delta table overwritten together with its schema.",
    expected=Expected("native"),
    run=_run,
    set_up=_set_up,
    needs=("delta",),
    disagreement=COUNTS_COMMANDS,
)

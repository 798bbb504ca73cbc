"""An append to a table with a NOT NULL column."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import COUNTS_COMMANDS, Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _set_up(spark: SparkSession, data: Dataset) -> None:
    spark.sql(f"CREATE OR REPLACE TABLE {data.table('delta_not_null')} (id BIGINT NOT NULL, store INT) USING delta")


def _run(spark: SparkSession, data: Dataset) -> None:
    sales = spark.read.parquet(data["sales"]).where("id < 20000").select("id", "store")
    sales.write.format("delta").mode("append").saveAsTable(data.table("delta_not_null"))


WORKLOAD = Workload(
    name="delta-not-null",
    shows="An append to a table with a NOT NULL column.",
    expected=Expected("native"),
    run=_run,
    set_up=_set_up,
    needs=("delta",),
    disagreement=COUNTS_COMMANDS,
)

"""RESTORE of an earlier version."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import COUNTS_COMMANDS, Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _set_up(spark: SparkSession, data: Dataset) -> None:
    table = data.table("delta_restored")
    spark.sql(f"DROP TABLE IF EXISTS {table}")
    spark.sql(
        f"CREATE TABLE {table} USING delta AS"
        f" SELECT id, store, quantity FROM parquet.`{data['sales']}` WHERE id < 20000"
    )
    spark.sql(f"DELETE FROM {table} WHERE id < 10000")


def _run(spark: SparkSession, data: Dataset) -> None:
    spark.sql(f"RESTORE TABLE {data.table('delta_restored')} TO VERSION AS OF 0")


WORKLOAD = Workload(
    name="delta-restore",
    shows="RESTORE of an earlier version.",
    expected=Expected("command"),
    run=_run,
    set_up=_set_up,
    needs=("delta",),
    disagreement=COUNTS_COMMANDS,
)

"""A read after a column was dropped by column mapping."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _set_up(spark: SparkSession, data: Dataset) -> None:
    table = data.table("delta_dropped")
    spark.sql(
        f"CREATE OR REPLACE TABLE {table} USING delta TBLPROPERTIES ('delta.columnMapping.mode' = 'name') AS"
        f" SELECT id, store, quantity FROM parquet.`{data['sales']}` WHERE id < 20000"
    )
    spark.sql(f"ALTER TABLE {table} DROP COLUMN quantity")


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    return spark.table(data.table("delta_dropped")).groupBy("store").count()


WORKLOAD = Workload(
    name="delta-dropped-column",
    shows="A read after a column was dropped by column mapping.",
    expected=Expected("fallback", causes=("delta-feature",)),
    run=_run,
    set_up=_set_up,
    needs=("delta",),
)

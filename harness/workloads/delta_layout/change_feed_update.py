"""UPDATE of a table that keeps its change feed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _set_up(spark: SparkSession, data: Dataset) -> None:
    table = data.table("delta_fed_update")
    spark.sql(
        f"CREATE OR REPLACE TABLE {table} USING delta TBLPROPERTIES ('delta.enableChangeDataFeed' = 'true') AS"
        f" SELECT id, store, quantity FROM parquet.`{data['sales']}` WHERE id < 20000"
    )


def _run(spark: SparkSession, data: Dataset) -> None:
    spark.sql(f"UPDATE {data.table('delta_fed_update')} SET quantity = 0 WHERE store = 5")


WORKLOAD = Workload(
    name="delta-update-with-change-feed",
    shows="UPDATE of a table that keeps its change feed.",
    expected=Expected("fallback", causes=("delta-feature",), also=("unsupported-operator",)),
    run=_run,
    set_up=_set_up,
    needs=("delta",),
)

"""An earlier version of a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _set_up(spark: SparkSession, data: Dataset) -> None:
    table = data.table("delta_travelled")
    spark.sql(f"DROP TABLE IF EXISTS {table}")
    spark.sql(
        f"CREATE TABLE {table} USING delta AS"
        f" SELECT id, store, quantity FROM parquet.`{data['sales']}` WHERE id < 20000"
    )
    spark.sql(f"DELETE FROM {table} WHERE id < 10000")


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    return spark.sql(f"SELECT store, count(*) AS n FROM {data.table('delta_travelled')} VERSION AS OF 0 GROUP BY store")


WORKLOAD = Workload(
    name="delta-time-travel",
    shows="An earlier version of a table.",
    expected=Expected("fallback", causes=("delta-feature",)),
    run=_run,
    set_up=_set_up,
    needs=("delta",),
)

"""Row ids read from a table with row tracking."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as sf

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _set_up(spark: SparkSession, data: Dataset) -> None:
    table = data.table("delta_tracked")
    spark.sql(
        f"CREATE OR REPLACE TABLE {table} USING delta TBLPROPERTIES ('delta.enableRowTracking' = 'true') AS"
        f" SELECT id, store, quantity FROM parquet.`{data['sales']}` WHERE id < 20000"
    )


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    return (
        spark.table(data.table("delta_tracked"))
        .selectExpr("store", "_metadata.row_id AS r")
        .groupBy("store")
        .agg(sf.max("r"))
    )


WORKLOAD = Workload(
    name="delta-row-tracking",
    shows="Row ids read from a table with row tracking.",
    expected=Expected("fallback", causes=("delta-feature",)),
    run=_run,
    set_up=_set_up,
    needs=("delta",),
)

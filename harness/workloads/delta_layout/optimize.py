"""OPTIMIZE that puts small files together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _set_up(spark: SparkSession, data: Dataset) -> None:
    table = data.table("delta_optimize")
    spark.sql(
        f"CREATE OR REPLACE TABLE {table} USING delta AS"
        f" SELECT id, store, quantity FROM parquet.`{data['sales']}` WHERE id < 20000"
    )
    spark.sql(f"INSERT INTO {table} SELECT id, store, quantity FROM parquet.`{data['sales']}` WHERE id < 3000")


def _run(spark: SparkSession, data: Dataset) -> None:
    spark.sql(f"OPTIMIZE {data.table('delta_optimize')}")


WORKLOAD = Workload(
    name="delta-optimize",
    shows="OPTIMIZE that puts small files together.",
    expected=Expected("fallback", causes=("delta-feature",), also=("marginal-operator",)),
    run=_run,
    set_up=_set_up,
    needs=("delta",),
)

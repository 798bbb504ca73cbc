"""An INSERT that leaves a column to its DEFAULT."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import COUNTS_COMMANDS, Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _set_up(spark: SparkSession, data: Dataset) -> None:
    spark.sql(
        f"CREATE OR REPLACE TABLE {data.table('delta_default')} (id BIGINT, store INT, state STRING DEFAULT 'new') USING delta"
        " TBLPROPERTIES ('delta.feature.allowColumnDefaults' = 'supported')"
    )


def _run(spark: SparkSession, data: Dataset) -> None:
    spark.sql(
        f"INSERT INTO {data.table('delta_default')} (id, store)"
        f" SELECT id, store FROM parquet.`{data['sales']}` WHERE id < 20000"
    )


WORKLOAD = Workload(
    name="delta-default-value",
    shows="An INSERT that leaves a column to its DEFAULT.",
    expected=Expected("native"),
    run=_run,
    set_up=_set_up,
    needs=("delta",),
    disagreement=COUNTS_COMMANDS,
)

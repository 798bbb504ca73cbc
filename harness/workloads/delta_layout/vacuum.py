"""VACUUM that looks for files nobody needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _set_up(spark: SparkSession, data: Dataset) -> None:
    table = data.table("delta_vacuumed")
    spark.sql(
        f"CREATE OR REPLACE TABLE {table} USING delta AS"
        f" SELECT id, store, quantity FROM parquet.`{data['sales']}` WHERE id < 20000"
    )
    spark.sql(f"DELETE FROM {table} WHERE id < 10000")


def _run(spark: SparkSession, data: Dataset) -> None:
    spark.sql(f"VACUUM {data.table('delta_vacuumed')}")


WORKLOAD = Workload(
    name="delta-vacuum",
    shows="VACUUM that looks for files nobody needs.",
    expected=Expected("fallback", causes=("whole-plan-jvm",)),
    run=_run,
    set_up=_set_up,
    settings={"spark.sql.sources.parallelPartitionDiscovery.parallelism": "4"},
    needs=("delta",),
)

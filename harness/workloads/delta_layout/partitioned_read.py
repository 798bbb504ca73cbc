"""A read of some partitions of a Delta table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _set_up(spark: SparkSession, data: Dataset) -> None:
    table = data.table("delta_partitioned")
    spark.sql(
        f"CREATE OR REPLACE TABLE {table} USING delta PARTITIONED BY (quantity) AS"
        f" SELECT id, store, quantity FROM parquet.`{data['sales']}` WHERE id < 5000"
    )


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    return spark.table(data.table("delta_partitioned")).where("quantity = 3").groupBy("store").count()


WORKLOAD = Workload(
    name="delta-partitioned-read",
    shows="A read of some partitions of a Delta table.",
    expected=Expected("fallback", causes=("delta-feature",)),
    run=_run,
    set_up=_set_up,
    needs=("delta",),
)

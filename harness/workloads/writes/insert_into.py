"""INSERT INTO a Parquet table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import COUNTS_WRITES, Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _set_up(spark: SparkSession, data: Dataset) -> None:
    table = data.table("write_insert_into")
    spark.sql(f"DROP TABLE IF EXISTS {table}")
    spark.sql(f"CREATE TABLE {table} (store INT, n BIGINT) USING parquet")


def _run(spark: SparkSession, data: Dataset) -> None:
    spark.sql(
        f"INSERT INTO {data.table('write_insert_into')}"
        f" SELECT store, sum(quantity) FROM parquet.`{data['sales']}` GROUP BY store"
    )


WORKLOAD = Workload(
    name="write-insert-into",
    shows="INSERT INTO a Parquet table.",
    expected=Expected("native"),
    run=_run,
    set_up=_set_up,
    disagreement=COUNTS_WRITES,
)

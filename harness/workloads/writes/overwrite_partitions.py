"""INSERT OVERWRITE of the partitions that the result holds, and no others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import COUNTS_WRITES, Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _set_up(spark: SparkSession, data: Dataset) -> None:
    table = data.table("write_overwrite_partitions")
    spark.sql(f"DROP TABLE IF EXISTS {table}")
    spark.sql(f"CREATE TABLE {table} (store INT, n BIGINT, quantity INT) USING parquet PARTITIONED BY (quantity)")


def _run(spark: SparkSession, data: Dataset) -> None:
    spark.sql(
        f"INSERT OVERWRITE {data.table('write_overwrite_partitions')}"
        f" SELECT store, count(*), quantity FROM parquet.`{data['sales']}` WHERE quantity < 4 GROUP BY store, quantity"
    )


WORKLOAD = Workload(
    name="write-overwrite-partitions",
    shows="INSERT OVERWRITE of the partitions that the result holds, and no others.",
    expected=Expected("native"),
    run=_run,
    set_up=_set_up,
    settings={"spark.sql.sources.partitionOverwriteMode": "dynamic"},
    disagreement=COUNTS_WRITES,
)

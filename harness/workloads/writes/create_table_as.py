"""CREATE TABLE AS SELECT."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import COUNTS_WRITES, Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> None:
    table = data.table("write_create_table_as")
    spark.sql(f"DROP TABLE IF EXISTS {table}")
    spark.sql(
        f"CREATE TABLE {table} USING parquet AS"
        f" SELECT store, sum(quantity) AS n FROM parquet.`{data['sales']}` GROUP BY store"
    )


WORKLOAD = Workload(
    name="write-create-table-as",
    shows="CREATE TABLE AS SELECT.",
    expected=Expected("native"),
    run=_run,
    disagreement=COUNTS_WRITES,
)

"""DELETE that writes deletion vectors instead of files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _set_up(spark: SparkSession, data: Dataset) -> None:
    table = data.table("delta_delete_vectors")
    spark.sql(
        f"CREATE OR REPLACE TABLE {table} USING delta TBLPROPERTIES ('delta.enableDeletionVectors' = 'true') AS"
        f" SELECT id, store, quantity FROM parquet.`{data['sales']}` WHERE id < 20000"
    )


def _run(spark: SparkSession, data: Dataset) -> None:
    spark.sql(f"DELETE FROM {data.table('delta_delete_vectors')} WHERE id % 11 = 2")


WORKLOAD = Workload(
    name="delta-delete-with-vectors",
    shows="DELETE that writes deletion vectors instead of files.",
    expected=Expected(
        "fallback",
        causes=("delta-feature",),
        also=("unsupported-operator", "unsupported-expression", "scala-udf", "row-source", "rdd-or-dataset-api"),
    ),
    run=_run,
    set_up=_set_up,
    needs=("delta",),
)

"""MERGE with deletion vectors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _set_up(spark: SparkSession, data: Dataset) -> None:
    table = data.table("delta_merge_vectors")
    spark.sql(
        f"CREATE OR REPLACE TABLE {table} USING delta TBLPROPERTIES ('delta.enableDeletionVectors' = 'true') AS"
        f" SELECT id, store, quantity FROM parquet.`{data['sales']}` WHERE id < 20000"
    )


def _run(spark: SparkSession, data: Dataset) -> None:
    spark.sql(
        f"MERGE INTO {data.table('delta_merge_vectors')} AS t"
        f" USING (SELECT id FROM parquet.`{data['sales']}` WHERE id BETWEEN 15000 AND 25000) AS s"
        " ON t.id = s.id WHEN MATCHED THEN UPDATE SET t.quantity = 0"
    )


WORKLOAD = Workload(
    name="delta-merge-with-vectors",
    shows="MERGE with deletion vectors.",
    expected=Expected(
        "fallback",
        causes=("delta-feature",),
        also=("unsupported-operator", "unsupported-expression", "scala-udf", "row-source", "rdd-or-dataset-api"),
    ),
    run=_run,
    set_up=_set_up,
    needs=("delta",),
)

"""UPDATE that writes deletion vectors beside the new rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _set_up(spark: SparkSession, data: Dataset) -> None:
    table = data.table("delta_update_vectors")
    spark.sql(
        f"CREATE OR REPLACE TABLE {table} USING delta TBLPROPERTIES ('delta.enableDeletionVectors' = 'true') AS"
        f" SELECT id, store, quantity FROM parquet.`{data['sales']}` WHERE id < 20000"
    )


def _run(spark: SparkSession, data: Dataset) -> None:
    spark.sql(f"UPDATE {data.table('delta_update_vectors')} SET quantity = quantity + 1 WHERE store = 3")


WORKLOAD = Workload(
    name="delta-update-with-vectors",
    shows="UPDATE that writes deletion vectors beside the new rows.",
    expected=Expected(
        "fallback",
        causes=("delta-feature",),
        also=("unsupported-operator", "unsupported-expression", "scala-udf", "row-source", "rdd-or-dataset-api"),
    ),
    run=_run,
    set_up=_set_up,
    needs=("delta",),
)

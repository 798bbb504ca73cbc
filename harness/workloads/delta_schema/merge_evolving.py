"""MERGE that evolves the schema: the source has a column more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _set_up(spark: SparkSession, data: Dataset) -> None:
    table = data.table("delta_merge_evolving")
    spark.sql(
        f"CREATE OR REPLACE TABLE {table} USING delta AS"
        f" SELECT id, store, quantity FROM parquet.`{data['sales']}` WHERE id < 20000"
    )


def _run(spark: SparkSession, data: Dataset) -> None:
    spark.sql(
        f"MERGE INTO {data.table('delta_merge_evolving')} AS t"
        f" USING (SELECT id, store, quantity, price FROM parquet.`{data['sales']}` WHERE id BETWEEN 15000 AND 25000) AS s"
        " ON t.id = s.id WHEN MATCHED THEN UPDATE SET * WHEN NOT MATCHED THEN INSERT *"
    )


WORKLOAD = Workload(
    name="delta-merge-schema-evolution",
    shows="MERGE that evolves the schema: the source has a column more.",
    expected=Expected(
        "fallback",
        causes=("delta-feature",),
        also=("unsupported-operator", "unsupported-expression", "scala-udf", "row-source", "rdd-or-dataset-api"),
    ),
    run=_run,
    set_up=_set_up,
    # MERGE WITH SCHEMA EVOLUTION says the same, and Spark 3.5 does not parse it.
    settings={"spark.databricks.delta.schema.autoMerge.enabled": "true"},
    needs=("delta",),
)

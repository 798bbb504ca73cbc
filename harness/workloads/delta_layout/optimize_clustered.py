"""OPTIMIZE of a table with liquid clustering, which orders rows along a curve."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _set_up(spark: SparkSession, data: Dataset) -> None:
    table = data.table("delta_optimize_clustered")
    spark.sql(
        f"CREATE OR REPLACE TABLE {table} USING delta CLUSTER BY (store, quantity) AS"
        f" SELECT id, store, quantity FROM parquet.`{data['sales']}` WHERE id < 20000"
    )
    spark.sql(f"INSERT INTO {table} SELECT id, store, quantity FROM parquet.`{data['sales']}` WHERE id < 3000")


def _run(spark: SparkSession, data: Dataset) -> None:
    spark.sql(f"OPTIMIZE {data.table('delta_optimize_clustered')}")


WORKLOAD = Workload(
    name="delta-optimize-clustered",
    shows="OPTIMIZE of a table with liquid clustering, which orders rows along a curve.",
    expected=Expected("fallback", causes=("delta-feature",), also=("unsupported-expression", "marginal-operator")),
    run=_run,
    set_up=_set_up,
    needs=("delta",),
)

"""A read of a table with liquid clustering."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _set_up(spark: SparkSession, data: Dataset) -> None:
    table = data.table("delta_clustered")
    spark.sql(
        f"CREATE OR REPLACE TABLE {table} USING delta CLUSTER BY (store) AS"
        f" SELECT id, store, quantity FROM parquet.`{data['sales']}` WHERE id < 20000"
    )


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    return spark.table(data.table("delta_clustered")).where("store = 4").groupBy("quantity").count()


WORKLOAD = Workload(
    name="delta-liquid-clustering",
    shows="A read of a table with liquid clustering.",
    expected=Expected("fallback", causes=("delta-feature",)),
    run=_run,
    set_up=_set_up,
    needs=("delta",),
)

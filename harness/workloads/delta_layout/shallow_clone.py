"""A shallow clone, made and read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _set_up(spark: SparkSession, data: Dataset) -> None:
    table = data.table("delta_cloned")
    spark.sql(
        f"CREATE OR REPLACE TABLE {table} USING delta AS"
        f" SELECT id, store, quantity FROM parquet.`{data['sales']}` WHERE id < 20000"
    )


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    clone = data.table("delta_clone")
    spark.sql(f"CREATE OR REPLACE TABLE {clone} SHALLOW CLONE {data.table('delta_cloned')}")
    return spark.table(clone).groupBy("store").count()


WORKLOAD = Workload(
    name="delta-shallow-clone",
    shows="A shallow clone, made and read.",
    expected=Expected("fallback", causes=("delta-feature",)),
    run=_run,
    set_up=_set_up,
    needs=("delta",),
)

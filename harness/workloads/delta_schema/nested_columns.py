"""A Delta table with a struct and an array, read for their parts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as sf

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _set_up(spark: SparkSession, data: Dataset) -> None:
    table = data.table("delta_nested")
    spark.sql(
        f"CREATE OR REPLACE TABLE {table} USING delta AS"
        f" SELECT named_struct('q', quantity, 'n', note) AS s, ratings FROM parquet.`{data['sales']}` WHERE id < 20000"
    )


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    return spark.table(data.table("delta_nested")).selectExpr("s.q", "ratings[0] AS r").groupBy("q").agg(sf.max("r"))


WORKLOAD = Workload(
    name="delta-nested-columns",
    shows="A Delta table with a struct and an array, read for their parts.",
    expected=Expected("fallback", causes=("delta-feature",)),
    run=_run,
    set_up=_set_up,
    needs=("delta",),
)

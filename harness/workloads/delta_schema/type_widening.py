"""A read after a column was widened from SMALLINT to INT."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as sf

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _set_up(spark: SparkSession, data: Dataset) -> None:
    table = data.table("delta_widened")
    spark.sql(
        f"CREATE OR REPLACE TABLE {table} USING delta TBLPROPERTIES ('delta.enableTypeWidening' = 'true') AS"
        f" SELECT id, store, CAST(quantity AS SMALLINT) AS quantity FROM parquet.`{data['sales']}` WHERE id < 20000"
    )
    spark.sql(f"ALTER TABLE {table} ALTER COLUMN quantity TYPE INT")


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    return spark.table(data.table("delta_widened")).groupBy("store").agg(sf.max("quantity"))


WORKLOAD = Workload(
    name="delta-type-widening",
    shows="A read after a column was widened from SMALLINT to INT.",
    expected=Expected("fallback", causes=("delta-feature",)),
    run=_run,
    set_up=_set_up,
    needs=("delta",),
)

"""A Hive table stored as text, read through its SerDe."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as sf

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _set_up(spark: SparkSession, data: Dataset) -> None:
    table = data.table("hive_text_table")
    spark.sql(f"DROP TABLE IF EXISTS {table}")
    spark.sql(f"CREATE TABLE {table} (id BIGINT, store INT, quantity INT) STORED AS TEXTFILE")
    sales = f"parquet.`{data['sales']}`"
    spark.sql(f"INSERT INTO {table} SELECT id, store, quantity FROM {sales} WHERE id < 20000")


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    return spark.table(data.table("hive_text_table")).groupBy("store").agg(sf.sum("quantity"))


WORKLOAD = Workload(
    name="hive-text-table",
    shows="A Hive table stored as text, read through its SerDe.",
    expected=Expected("fallback", causes=("row-source",)),
    run=_run,
    set_up=_set_up,
    needs=("hive",),
)

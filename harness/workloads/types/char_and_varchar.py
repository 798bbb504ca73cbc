"""CHAR and VARCHAR columns of a table, padded on reading."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _set_up(spark: SparkSession, data: Dataset) -> None:
    table = data.table("type_char_varchar")
    spark.sql(f"DROP TABLE IF EXISTS {table}")
    spark.sql(f"CREATE TABLE {table} (c CHAR(6), v VARCHAR(9)) USING parquet")
    sales = f"parquet.`{data['sales']}`"
    spark.sql(f"INSERT INTO {table} SELECT substring(note, 1, 5), substring(note, 1, 7) FROM {sales} WHERE id < 20000")


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    return spark.table(data.table("type_char_varchar")).where("c = 'order'").groupBy("c", "v").count()


WORKLOAD = Workload(
    name="type-char-varchar",
    shows="CHAR and VARCHAR columns of a table, padded on reading.",
    expected=Expected("native"),
    run=_run,
    set_up=_set_up,
)

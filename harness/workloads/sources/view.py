"""A view of the catalog over files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _set_up(spark: SparkSession, data: Dataset) -> None:
    spark.sql(
        f"CREATE OR REPLACE VIEW {data.table('source_view')} AS"
        f" SELECT store, sum(quantity) AS n FROM parquet.`{data['sales']}` GROUP BY store"
    )


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    return spark.sql(f"SELECT store, n FROM {data.table('source_view')} WHERE n > 100")


WORKLOAD = Workload(
    name="source-view",
    shows="A view of the catalog over files.",
    expected=Expected("native"),
    run=_run,
    set_up=_set_up,
)

"""Grouping sets with grouping_id()."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    return spark.sql(
        f"SELECT store, quantity, grouping_id() AS level, count(*) AS n FROM parquet.`{data['sales']}`"
        " GROUP BY GROUPING SETS ((store), (quantity), ())"
    )


WORKLOAD = Workload(
    name="aggregate-grouping-sets",
    shows="Grouping sets with grouping_id().",
    expected=Expected("native"),
    run=_run,
)

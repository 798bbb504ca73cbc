"""A lateral subquery that uses columns to its left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    return spark.sql(
        f"SELECT store, max(half) AS m FROM parquet.`{data['sales']}`, LATERAL (SELECT quantity DIV 2 AS half) GROUP BY store"
    )


WORKLOAD = Workload(
    name="lateral-join",
    shows="A lateral subquery that uses columns to its left.",
    expected=Expected("native"),
    run=_run,
)

"""INTERSECT, which becomes a semi join of distinct rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    return spark.sql(
        f"SELECT customer FROM parquet.`{data['sales']}` WHERE store = 1"
        f" INTERSECT SELECT customer FROM parquet.`{data['customers']}` WHERE segment = 1"
    )


WORKLOAD = Workload(
    name="intersect",
    shows="INTERSECT, which becomes a semi join of distinct rows.",
    expected=Expected("native"),
    run=_run,
)

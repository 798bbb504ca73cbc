"""A page of an ordered result: limit and offset."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    return spark.sql(f"SELECT id, price FROM parquet.`{data['sales']}` ORDER BY price, id LIMIT 10 OFFSET 20")


WORKLOAD = Workload(
    name="limit-offset",
    shows="A page of an ordered result: limit and offset.",
    expected=Expected("native"),
    run=_run,
)

"""HAVING over two aggregates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    return spark.sql(
        f"SELECT customer, sum(quantity) AS n FROM parquet.`{data['sales']}` GROUP BY customer"
        " HAVING sum(quantity) > 80 AND max(price) < 99"
    )


WORKLOAD = Workload(
    name="aggregate-having",
    shows="HAVING over two aggregates.",
    expected=Expected("native"),
    run=_run,
)

"""A pair of columns IN a subquery of pairs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    return spark.sql(
        f"SELECT store, count(*) AS n FROM parquet.`{data['sales']}` WHERE (customer, quantity) IN"
        f" (SELECT customer, segment FROM parquet.`{data['customers']}`) GROUP BY store"
    )


WORKLOAD = Workload(
    name="struct-in-subquery",
    shows="A pair of columns IN a subquery of pairs.",
    expected=Expected("native"),
    run=_run,
)

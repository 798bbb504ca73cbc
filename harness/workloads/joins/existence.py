"""An IN subquery under OR, which Spark plans as an existence join."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    return spark.sql(
        f"SELECT store, count(*) AS n FROM parquet.`{data['sales']}` WHERE quantity = 9 OR customer IN"
        f" (SELECT customer FROM parquet.`{data['customers']}` WHERE segment = 0) GROUP BY store"
    )


WORKLOAD = Workload(
    name="join-existence",
    shows="An IN subquery under OR, which Spark plans as an existence join.",
    expected=Expected("fallback", causes=("unsupported-operator",)),
    run=_run,
)

"""NOT IN over a nullable column, which Spark plans as a null-aware anti join."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    return spark.sql(
        f"SELECT store, count(*) AS n FROM parquet.`{data['sales']}` WHERE customer NOT IN"
        f" (SELECT customer FROM parquet.`{data['customers']}` WHERE segment = 1) GROUP BY store"
    )


WORKLOAD = Workload(
    name="join-null-aware-anti",
    shows="NOT IN over a nullable column, which Spark plans as a null-aware anti join.",
    expected=Expected("fallback", causes=("unsupported-operator",)),
    run=_run,
)

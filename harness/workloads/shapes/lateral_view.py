"""LATERAL VIEW OUTER with positions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    return spark.sql(
        f"SELECT position, count(rating) AS n FROM parquet.`{data['sales']}`"
        " LATERAL VIEW OUTER posexplode(ratings) AS position, rating WHERE id < 20000 GROUP BY position"
    )


WORKLOAD = Workload(
    name="lateral-view",
    shows="LATERAL VIEW OUTER with positions.",
    expected=Expected("fallback", causes=("unsupported-operator",)),
    run=_run,
)

"""An aggregate with a FILTER clause."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    return spark.sql(
        "SELECT store, sum(quantity) FILTER (WHERE price > 50) AS dear, count(*) AS n"
        f" FROM parquet.`{data['sales']}` GROUP BY store"
    )


WORKLOAD = Workload(
    name="aggregate-filter-clause",
    shows="An aggregate with a FILTER clause.",
    expected=Expected("fallback", causes=("unsupported-expression",)),
    run=_run,
)

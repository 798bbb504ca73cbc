"""A common table expression read twice: its exchange is used again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    return spark.sql(
        f"WITH totals AS (SELECT store, sum(quantity) AS n FROM parquet.`{data['sales']}` GROUP BY store)"
        " SELECT a.store, a.n, b.n AS m FROM totals AS a JOIN totals AS b ON a.store = b.store"
    )


WORKLOAD = Workload(
    name="common-table-expression",
    shows="A common table expression read twice: its exchange is used again.",
    expected=Expected("native"),
    run=_run,
)

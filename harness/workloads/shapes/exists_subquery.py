"""EXISTS, which becomes a semi join."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    return spark.sql(
        f"SELECT region, count(*) AS n FROM parquet.`{data['customers']}` AS c WHERE EXISTS"
        f" (SELECT 1 FROM parquet.`{data['sales']}` AS s WHERE s.customer = c.customer AND s.price > 99) GROUP BY region"
    )


WORKLOAD = Workload(
    name="exists-subquery",
    shows="EXISTS, which becomes a semi join.",
    expected=Expected("native"),
    run=_run,
)

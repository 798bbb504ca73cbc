"""A correlated scalar subquery, which becomes a left outer join."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    return spark.sql(
        f"SELECT segment, sum(bought) AS n FROM (SELECT segment, (SELECT sum(quantity) FROM parquet.`{data['sales']}` AS s"
        f" WHERE s.customer = c.customer) AS bought FROM parquet.`{data['customers']}` AS c) GROUP BY segment"
    )


WORKLOAD = Workload(
    name="correlated-subquery",
    shows="A correlated scalar subquery, which becomes a left outer join.",
    expected=Expected("native"),
    run=_run,
)

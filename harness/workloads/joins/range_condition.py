"""A join on BETWEEN alone: no key to hash or sort by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    return spark.sql(
        f"SELECT c.segment, count(*) AS n FROM parquet.`{data['sales']}` AS s JOIN parquet.`{data['customers']}` AS c"
        " ON s.id BETWEEN c.customer * 100 AND c.customer * 100 + 3 WHERE s.id < 2000 AND c.customer < 20"
        " GROUP BY c.segment"
    )


WORKLOAD = Workload(
    name="join-range-condition",
    shows="A join on BETWEEN alone: no key to hash or sort by.",
    expected=Expected("fallback", causes=("unsupported-operator",)),
    run=_run,
)

"""A table cached by CACHE TABLE, then joined."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    few = f"SELECT customer, segment FROM parquet.`{data['customers']}` WHERE segment < 2"
    spark.catalog.dropTempView("clusop_cached_customers")
    spark.sql(f"CACHE TABLE clusop_cached_customers AS {few}")
    return spark.sql(
        f"SELECT segment, count(*) AS n FROM clusop_cached_customers JOIN parquet.`{data['sales']}` USING (customer)"
        " GROUP BY segment"
    )


WORKLOAD = Workload(
    name="source-cached-by-sql",
    shows="A table cached by CACHE TABLE, then joined.",
    expected=Expected("fallback", causes=("cached-table",)),
    run=_run,
)

"""IN with structs: pairs of columns against pairs of literals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    return spark.sql(
        f"SELECT store, count(*) AS n FROM parquet.`{data['sales']}` WHERE (store, quantity) IN ((1, 2), (3, 4), (5, 6))"
        " GROUP BY store"
    )


WORKLOAD = Workload(
    name="struct-in",
    shows="IN with structs: pairs of columns against pairs of literals.",
    expected=Expected("fallback", causes=("unsupported-expression",)),
    run=_run,
)

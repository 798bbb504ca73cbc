"""EXCEPT ALL, which counts rows and repeats them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    return spark.sql(
        f"SELECT store FROM parquet.`{data['sales']}` WHERE id < 2000"
        f" EXCEPT ALL SELECT store FROM parquet.`{data['sales']}` WHERE id < 1000"
    )


WORKLOAD = Workload(
    name="except-all",
    shows="EXCEPT ALL, which counts rows and repeats them.",
    expected=Expected("fallback", causes=("unsupported-operator",)),
    run=_run,
)

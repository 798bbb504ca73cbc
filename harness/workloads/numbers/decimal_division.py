"""Division and average of decimals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as sf

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    ratios = spark.read.parquet(data["sales"]).selectExpr(
        "store", "CAST(customer AS DECIMAL(12,2)) / CAST(quantity AS DECIMAL(6,2)) AS d"
    )
    return ratios.groupBy("store").agg(sf.avg("d"))


WORKLOAD = Workload(
    name="decimal-division",
    shows="Division and average of decimals.",
    expected=Expected("native"),
    run=_run,
)

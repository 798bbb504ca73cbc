"""A pivot over known values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as sf

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    sales = spark.read.parquet(data["sales"])
    return sales.groupBy("store").pivot("quantity", [1, 2, 3]).agg(sf.sum("customer"))


WORKLOAD = Workload(
    name="pivot",
    shows="A pivot over known values.",
    expected=Expected("fallback", causes=("unsupported-expression",)),
    run=_run,
)

"""A pandas function per group, above a native shuffle and sort."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import Expected, Workload

if TYPE_CHECKING:
    import pandas as pd
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    def largest(group: pd.DataFrame) -> pd.DataFrame:
        return group.nlargest(3, "price")[["store", "price"]]

    sales = spark.read.parquet(data["sales"]).select("store", "price")
    return sales.groupBy("store").applyInPandas(largest, "store int, price double")


WORKLOAD = Workload(
    name="apply-in-pandas",
    shows="A pandas function per group, above a native shuffle and sort.",
    expected=Expected("fallback", causes=("pandas-udf",)),
    run=_run,
)

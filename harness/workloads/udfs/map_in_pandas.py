"""A pandas function over whole partitions, then an aggregate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import Expected, Workload

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    def cheap(batches: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        for batch in batches:
            yield batch[batch["price"] < batch["price"].mean()]

    sales = spark.read.parquet(data["sales"]).select("store", "price")
    return sales.mapInPandas(cheap, "store int, price double").groupBy("store").count()


WORKLOAD = Workload(
    name="map-in-pandas",
    shows="A pandas function over whole partitions, then an aggregate.",
    expected=Expected("fallback", causes=("pandas-udf",)),
    run=_run,
)

"""A pandas function over two tables grouped by the same key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import Expected, Workload

if TYPE_CHECKING:
    import pandas as pd
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    def sizes(left: pd.DataFrame, right: pd.DataFrame) -> pd.DataFrame:
        return left.head(1)[["store"]].assign(bought=len(left), known=len(right))

    sales = spark.read.parquet(data["sales"]).where("id < 20000").select("store", "id")
    dear = sales.where("id < 5000")
    pairs = sales.groupBy("store").cogroup(dear.groupBy("store"))
    return pairs.applyInPandas(sizes, "store int, bought long, known long")


WORKLOAD = Workload(
    name="pandas-cogrouped-map",
    shows="A pandas function over two tables grouped by the same key.",
    expected=Expected("fallback", causes=("pandas-udf",)),
    run=_run,
)

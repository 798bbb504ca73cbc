"""A pandas UDF that aggregates each group.

Annotations are values in this file: Spark reads the function's to tell what kind of UDF it is.
"""

import pandas as pd
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as sf

from workload import Dataset, Expected, Workload

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    def middle(prices: pd.Series) -> float:
        return float(prices.median())

    sales = spark.read.parquet(data["sales"]).where("id < 20000")
    return sales.groupBy("store").agg(sf.pandas_udf(middle, "double")("price"))


WORKLOAD = Workload(
    name="pandas-grouped-aggregate",
    shows="A pandas UDF that aggregates each group.",
    expected=Expected("fallback", causes=("pandas-udf",)),
    run=_run,
)

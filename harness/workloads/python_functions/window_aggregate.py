"""A pandas UDF as a window function over the whole partition.

Annotations are values in this file: Spark reads the function's to tell what kind of UDF it is.
"""

import pandas as pd
from pyspark.sql import DataFrame, SparkSession, Window
from pyspark.sql import functions as sf

from workload import Dataset, Expected, Workload

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    def largest(numbers: pd.Series) -> int:
        return int(numbers.max())

    sales = spark.read.parquet(data["sales"]).where("id < 20000")
    top = sf.pandas_udf(largest, "long")("id").over(Window.partitionBy("store"))
    return sales.select("store", top.alias("top")).groupBy("store").agg(sf.max("top"))


WORKLOAD = Workload(
    name="pandas-window-aggregate",
    shows="A pandas UDF as a window function over the whole partition.",
    expected=Expected("fallback", causes=("pandas-udf",)),
    run=_run,
)

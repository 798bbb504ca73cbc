"""A pandas UDF before an aggregate: Arrow batches go to Python and come back as rows.

Annotations are values in this file: Spark reads the function's to tell what kind of UDF it is.
"""

import pandas as pd
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as sf

from workload import Dataset, Expected, Workload

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    def net(price: pd.Series) -> pd.Series:
        return price * 0.81

    sales = spark.read.parquet(data["sales"])
    return sales.select("store", sf.pandas_udf(net, "double")("price").alias("net")).groupBy("store").sum("net")


WORKLOAD = Workload(
    name="pandas-udf",
    shows="A pandas UDF before an aggregate: Arrow batches go to Python and come back as rows.",
    expected=Expected("fallback", causes=("pandas-udf",)),
    run=_run,
    in_demo=True,
)

"""A pandas UDF over an iterator of batches.

Annotations are values in this file: Spark reads the function's to tell what kind of UDF it is.
"""

from collections.abc import Iterator

import pandas as pd
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as sf

from workload import Dataset, Expected, Workload

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    def doubled(batches: Iterator[pd.Series]) -> Iterator[pd.Series]:
        for batch in batches:
            yield batch * 2

    sales = spark.read.parquet(data["sales"]).where("id < 20000")
    return sales.groupBy(sf.pandas_udf(doubled, "int")("quantity").alias("d")).count()


WORKLOAD = Workload(
    name="pandas-iterator-udf",
    shows="A pandas UDF over an iterator of batches.",
    expected=Expected("fallback", causes=("pandas-udf",)),
    run=_run,
)

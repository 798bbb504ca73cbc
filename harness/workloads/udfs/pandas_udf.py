"""A pandas UDF before an aggregate: Arrow batches go to Python and come back as rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
from pyspark.sql import functions as F  # noqa: N812 - the name every Spark program uses

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    def net(price: pd.Series) -> pd.Series:
        return price * 0.81

    sales = spark.read.parquet(data["sales"])
    return sales.select("store", F.pandas_udf(net, "double")("price").alias("net")).groupBy("store").sum("net")


WORKLOAD = Workload(
    name="pandas-udf",
    shows="A pandas UDF before an aggregate: Arrow batches go to Python and come back as rows.",
    expected=Expected("fallback", causes=("pandas-udf",)),
    run=_run,
    in_demo=True,
)

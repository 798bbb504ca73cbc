"""A Python UDF before an aggregate: the UDF and both halves of the aggregate leave the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as sf

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    @sf.udf("double")
    def net(price: float) -> float:
        return price * 0.81

    sales = spark.read.parquet(data["sales"])
    return sales.select("store", net("price").alias("net")).groupBy("store").sum("net")


WORKLOAD = Workload(
    name="python-udf",
    shows="A Python UDF before an aggregate: the UDF and both halves of the aggregate leave the engine.",
    expected=Expected("fallback", causes=("python-udf",)),
    run=_run,
    in_demo=True,
)

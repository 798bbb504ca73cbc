"""A Scala UDF inside an aggregate (MLlib ships its vector functions as such)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.ml.functions import array_to_vector, vector_to_array
from pyspark.sql import functions as sf

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    sales = spark.read.parquet(data["sales"])
    vector = array_to_vector(sf.array("price", sf.col("quantity").cast("double")))
    return sales.groupBy("store").agg(sf.sum(vector_to_array(vector)[0]).alias("price"))


WORKLOAD = Workload(
    name="scala-udf",
    shows="A Scala UDF inside an aggregate (MLlib ships its vector functions as such).",
    expected=Expected("fallback", causes=("scala-udf",)),
    run=_run,
)

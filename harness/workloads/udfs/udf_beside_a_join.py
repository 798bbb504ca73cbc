"""A join whose one side runs a Python UDF and whose other side is clean."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as sf

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    @sf.udf("string")
    def initial(name: str) -> str:
        return name[:1]

    customers = spark.read.parquet(data["customers"]).select("customer", initial("name").alias("initial"))
    totals = spark.read.parquet(data["sales"]).groupBy("customer").sum("price")
    return totals.join(customers, "customer").where("customer < 10").orderBy("customer")


WORKLOAD = Workload(
    name="udf-beside-a-join",
    shows="A join whose one side runs a Python UDF and whose other side is clean.",
    expected=Expected("fallback", causes=("python-udf",)),
    run=_run,
)

"""A Python UDF whose values travel as Arrow batches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as sf

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    def doubled(quantity: int) -> int:
        return quantity * 2

    sales = spark.read.parquet(data["sales"]).where("id < 20000")
    return sales.groupBy(sf.udf(doubled, "int", useArrow=True)("quantity").alias("d")).count()


WORKLOAD = Workload(
    name="udf-by-arrow",
    shows="A Python UDF whose values travel as Arrow batches.",
    expected=Expected("fallback", causes=("pandas-udf",)),
    run=_run,
)

"""to_json() of a struct."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as sf

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    sales = spark.read.parquet(data["sales"]).where("id < 100000")
    return sales.groupBy(sf.expr("to_json(named_struct('store', store, 'quantity', quantity))").alias("key")).count()


WORKLOAD = Workload(
    name="json-to-json",
    shows="to_json() of a struct.",
    expected=Expected("native"),
    run=_run,
)

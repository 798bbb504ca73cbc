"""A broadcast join, an aggregate and a sort: everything runs in the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    sales, customers = spark.read.parquet(data["sales"]), spark.read.parquet(data["customers"])
    return sales.join(customers, "customer").groupBy("region").sum("price").orderBy("region")


WORKLOAD = Workload(
    name="clean-join",
    shows="A broadcast join, an aggregate and a sort: everything runs in the engine.",
    expected=Expected("native"),
    run=_run,
    in_demo=True,
)

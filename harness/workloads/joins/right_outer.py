"""A right outer join by broadcast of the left side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    sales, customers = spark.read.parquet(data["sales"]), spark.read.parquet(data["customers"])
    few = customers.where("segment = 2").select("customer", "region")
    return few.hint("broadcast").join(sales, "customer", "right").groupBy("region").count()


WORKLOAD = Workload(
    name="join-right-outer",
    shows="A right outer join by broadcast of the left side.",
    expected=Expected("native"),
    run=_run,
)

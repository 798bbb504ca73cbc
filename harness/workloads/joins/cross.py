"""A cross join of two small tables, as a Cartesian product."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    sales, customers = spark.read.parquet(data["sales"]), spark.read.parquet(data["customers"])
    stores = sales.select("store").distinct()
    few = customers.where("customer < 40").hint("shuffle_replicate_nl")
    return stores.crossJoin(few).groupBy("segment").count()


WORKLOAD = Workload(
    name="join-cross",
    shows="A cross join of two small tables, as a Cartesian product.",
    expected=Expected("fallback", causes=("unsupported-operator",)),
    run=_run,
)

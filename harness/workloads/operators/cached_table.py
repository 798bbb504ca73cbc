"""A cached DataFrame read twice: the in-memory format is not native."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    sales = spark.read.parquet(data["sales"]).where("quantity > 2").select("store", "price").cache()
    sales.groupBy("store").count().collect()
    return sales.groupBy("store").sum("price")


WORKLOAD = Workload(
    name="cached-table",
    shows="A cached DataFrame read twice: the in-memory format is not native.",
    expected=Expected("fallback", causes=("cached-table",)),
    run=_run,
    in_demo=True,
)

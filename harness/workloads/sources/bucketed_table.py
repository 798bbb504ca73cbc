"""Two bucketed tables joined without a shuffle."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _set_up(spark: SparkSession, data: Dataset) -> None:
    sales = spark.read.parquet(data["sales"]).where("id < 20000").select("customer", "quantity").coalesce(1)
    customers = spark.read.parquet(data["customers"]).select("customer", "segment").coalesce(1)
    for table, side in (("left", sales), ("right", customers)):
        buckets = side.write.format("parquet").mode("overwrite").bucketBy(4, "customer").sortBy("customer")
        buckets.saveAsTable(data.table(f"source_bucketed_{table}"))


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    left, right = spark.table(data.table("source_bucketed_left")), spark.table(data.table("source_bucketed_right"))
    return left.join(right.hint("merge"), "customer").groupBy("segment").count()


WORKLOAD = Workload(
    name="source-bucketed-table",
    shows="Two bucketed tables joined without a shuffle.",
    expected=Expected("native"),
    run=_run,
    set_up=_set_up,
)

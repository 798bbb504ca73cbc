"""uuid() and monotonically_increasing_id()."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as sf

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    sales = spark.read.parquet(data["sales"]).where("id < 20000")
    named = sales.select("store", sf.expr("length(uuid())").alias("u"), sf.monotonically_increasing_id().alias("i"))
    return named.groupBy("store").agg(sf.max("u"), sf.count("i"))


WORKLOAD = Workload(
    name="unique-ids",
    shows="uuid() and monotonically_increasing_id().",
    expected=Expected("fallback", causes=("unsupported-expression",)),
    run=_run,
)

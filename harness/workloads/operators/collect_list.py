"""collect_list: an object aggregate that stays on the JVM."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as sf

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    sales = spark.read.parquet(data["sales"]).where("id < 50000")
    return sales.groupBy("store").agg(sf.size(sf.collect_list("price")).alias("n"))


WORKLOAD = Workload(
    name="collect-list",
    shows="collect_list: an object aggregate that stays on the JVM.",
    expected=Expected("fallback", causes=("unsupported-expression",)),
    run=_run,
    in_demo=True,
)

"""percentile_approx: an object aggregate that stays on the JVM."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as sf

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    return spark.read.parquet(data["sales"]).groupBy("store").agg(sf.percentile_approx("price", 0.5).alias("median"))


WORKLOAD = Workload(
    name="percentile-approx",
    shows="percentile_approx: an object aggregate that stays on the JVM.",
    expected=Expected("fallback", causes=("unsupported-expression",)),
    run=_run,
)

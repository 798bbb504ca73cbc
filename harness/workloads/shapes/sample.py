"""A seeded sample of the rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    return spark.read.parquet(data["sales"]).sample(fraction=0.1, seed=7).groupBy("store").count()


WORKLOAD = Workload(
    name="sample",
    shows="A seeded sample of the rows.",
    expected=Expected("fallback", causes=("unsupported-operator",)),
    run=_run,
)

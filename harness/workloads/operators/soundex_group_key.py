"""A distinct count of soundex(): the expression stands in the group key of an aggregate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as sf

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    return spark.read.parquet(data["customers"]).groupBy("segment").agg(sf.countDistinct(sf.soundex("name")))


WORKLOAD = Workload(
    name="soundex-group-key",
    shows="A distinct count of soundex(): the expression stands in the group key of an aggregate.",
    expected=Expected("fallback", causes=("unsupported-expression",)),
    run=_run,
)

"""explode() of an array column, then an aggregate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as F  # noqa: N812 - the name every Spark program uses

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    return spark.read.parquet(data["sales"]).select(F.explode("ratings").alias("rating")).groupBy("rating").count()


WORKLOAD = Workload(
    name="explode-array",
    shows="explode() of an array column, then an aggregate.",
    expected=Expected("fallback", causes=("unsupported-operator",)),
    run=_run,
)

"""One row of each key, whichever comes first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as sf

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    return spark.read.parquet(data["sales"]).select("store", "id").dropDuplicates(["store"]).agg(sf.count("*"))


WORKLOAD = Workload(
    name="drop-duplicates",
    shows="One row of each key, whichever comes first.",
    expected=Expected("native"),
    run=_run,
)

"""An order with a limit: the top ten."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as sf

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    return spark.read.parquet(data["sales"]).select("id", "price").orderBy(sf.desc("price"), "id").limit(10)


WORKLOAD = Workload(
    name="top-k",
    shows="An order with a limit: the top ten.",
    expected=Expected("native"),
    run=_run,
)

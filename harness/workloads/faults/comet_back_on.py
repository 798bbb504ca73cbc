"""The same query after the setting is back: settings are judged per execution."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    return spark.read.parquet(data["sales"]).groupBy("store").sum("price")


WORKLOAD = Workload(
    name="comet-back-on",
    shows="The same query after the setting is back: settings are judged per execution.",
    expected=Expected("native"),
    run=_run,
)
